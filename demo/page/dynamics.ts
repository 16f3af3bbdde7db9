/** The motion of the right column: which equation, and which R; what W forbids says so. */
import type { Explorer } from '../explorer.js';
import { DESIGNS, keyOf, type Obstacles } from '../model/choices.js';
import { asTyped } from '../model/typed.js';
import { setDesign, setEquation } from '../state/change.js';
import type { Session } from '../state/session.js';
import { MOST_TYPED, type State } from '../state/state.js';
import { Cards } from './radio.js';
import { byId, find } from './text.js';

/** Values of the radios: the name where R is only a name. */
const valueOf = (design: State['design']): string =>
  typeof design === 'string' ? design : 'matrix' in design ? 'matrix' : keyOf(design);

/** R in sight at once; the others wait behind a button. */
const FEW = 3;
const MATRIX_REASON = `beyond ${String(MOST_TYPED)} neurons a matrix comes with a model file`;

export function startDynamics(session: Session, explorer: Explorer): (obstacles: Obstacles) => void {
  let entries: Promise<void> | undefined;
  const loadEntries = () => {
    entries ??= import('./design-matrix.js').then(({ startDesignMatrix }) => {
      startDesignMatrix(session);
    });
  };
  const equations = [...document.querySelectorAll<HTMLInputElement>('input[name="equation"]')];
  for (const input of equations)
    input.addEventListener('change', () => {
      session.set(setEquation(session.state, input.value === '9' ? 9 : input.value === '13' ? 13 : 1));
    });
  const choose = (value: string) => {
    if (value === 'matrix')
      session.set(setDesign(session.state, asTyped(explorer.snapshot.pair.right.problem)));
    const found = DESIGNS.find(({ design }) => valueOf(design) === value);
    if (found) session.set(setDesign(session.state, found.design));
  };
  const card = ({ design, formula, words }: (typeof DESIGNS)[number]) => ({
    value: valueOf(design),
    content: [
      Object.assign(document.createElement('i'), { className: 'var', textContent: formula }),
      ` ${words}`,
    ],
  });
  const own = {
    value: 'matrix',
    content: [
      Object.assign(document.createElement('i'), { className: 'var', textContent: 'R' }),
      ' a matrix of your own',
    ],
  };
  const first = new Cards(byId('designs'), 'design', DESIGNS.slice(0, FEW).map(card), choose);
  const rest = new Cards(byId('more-designs'), 'design', [...DESIGNS.slice(FEW).map(card), own], choose);
  const details = find(document, '#designs-rest', HTMLDetailsElement);
  const show = ({ equation, design }: State) => {
    for (const input of equations) input.checked = Number(input.value) === equation;
    const value = valueOf(design);
    first.show(value);
    rest.show(value);
    if (DESIGNS.findIndex((choice) => valueOf(choice.design) === value) >= FEW || value === 'matrix')
      details.open = true;
    if (value === 'matrix') loadEntries();
  };
  session.follow(show);
  show(session.state);
  return ({ designs }) => {
    const reasons = new Map<string, string>();
    for (const { design } of DESIGNS) {
      const reason = designs.get(keyOf(design));
      if (reason !== undefined) reasons.set(valueOf(design), reason);
    }
    if (session.state.bias.length > MOST_TYPED) reasons.set('matrix', MATRIX_REASON);
    first.explain(reasons);
    rest.explain(reasons);
  };
}
