/** Two numbers to drag that turn the axes of the plane towards a further neuron: what lies off the plane comes into it. */
import { turned } from '../model/plane.js';
import type { Session } from '../state/session.js';
import type { PlaneSetting, State } from '../state/state.js';
import { NumberCell } from './number-cell.js';
import { byId } from './text.js';

const AXES = [
  { id: 'plane-turn-across', sign: 'Turn →', label: 'Turn of the axis across' },
  { id: 'plane-turn-up', sign: '↑', label: 'Turn of the axis upwards' },
] as const;
/** A bar is full at a right angle. */
const FULL = Math.PI / 2;

/** @returns what to call with every state that is shown. */
export function startTurn(session: Session): (state: State) => void {
  const towards = Object.assign(document.createElement('select'), { id: 'plane-towards' });
  towards.setAttribute('aria-label', 'Neuron that the axes turn towards');
  /** The plane that was chosen, how far it has been turned since, and what came of that. */
  let chosen: PlaneSetting | undefined;
  let angles: [number, number] = [0, 0];
  let made: PlaneSetting | undefined;
  const begin = (plane: PlaneSetting) => {
    chosen = made = plane;
    angles = [0, 0];
    const size = plane.origin.length;
    const before = towards.value;
    const neurons = Array.from({ length: size }, (_, k) => k).filter((k) => turned(plane, k, [0, 0]));
    towards.replaceChildren(...neurons.map((k) => new Option(`towards ${String(k + 1)}`, String(k))));
    if (before !== '' && neurons.includes(Number(before))) towards.value = before;
  };
  const show = () => {
    cells.forEach((cell, k) => {
      cell.show(angles[k], FULL);
    });
  };
  const cells = AXES.map(
    ({ id, label }, k) =>
      new NumberCell({
        id,
        label: `${label}, in radians`,
        onMove: (value) => {
          angles[k] = value;
          // Turned back it is the plane that was chosen.
          const back = angles.every((angle) => angle === 0);
          made = chosen && (back ? chosen : turned(chosen, Number(towards.value), angles));
          if (made) session.move({ ...session.state, plane: made });
        },
        onRest: () => {
          session.rest();
        },
        onRefuse: () => undefined,
      }),
  );
  // Another neuron turns the plane that is seen.
  towards.addEventListener('change', () => {
    begin(session.state.plane);
    show();
  });
  byId('plane-turn').replaceChildren(
    ...cells.map(({ input }, k) => {
      const label = document.createElement('label');
      label.append(AXES[k].sign, input);
      return label;
    }),
    towards,
  );
  return ({ plane }) => {
    if (plane !== made) begin(plane);
    show();
  };
}
