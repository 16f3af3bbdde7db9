/** The motion of the right column: which equation, and which R; what W forbids says so. */
import { DESIGNS, keyOf, type Obstacles } from '../model/choices.js';
import { setDesign, setEquation } from '../state/change.js';
import type { Session } from '../state/session.js';
import type { State } from '../state/state.js';
import { Cards } from './radio.js';
import { byId, find } from './text.js';

/** Values of the radios: the name where R is only a name. */
const valueOf = (design: State['design']): string =>
  typeof design === 'string' ? design : 'matrix' in design ? 'matrix' : keyOf(design);

/** R in sight at once; the others wait behind a button. */
const FEW = 3;
const MATRIX_REASON = 'a matrix of your own comes with a model file';

export function startDynamics(session: Session): (obstacles: Obstacles) => void {
  const equations = [...document.querySelectorAll<HTMLInputElement>('input[name="equation"]')];
  for (const input of equations)
    input.addEventListener('change', () => {
      session.set(setEquation(session.state, input.value === '9' ? 9 : input.value === '13' ? 13 : 1));
    });
  const choose = (value: string) => {
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
      ' a matrix',
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
  };
  session.listen(show);
  show(session.state);
  return ({ designs }) => {
    const reasons = new Map<string, string>();
    for (const { design } of DESIGNS) {
      const reason = designs.get(keyOf(design));
      if (reason !== undefined) reasons.set(valueOf(design), reason);
    }
    if (valueOf(session.state.design) !== 'matrix') reasons.set('matrix', MATRIX_REASON);
    first.explain(reasons);
    rest.explain(reasons);
  };
}
