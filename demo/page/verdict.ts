/** What each landscape is worth, in words that its numbers carry. */
import type { Problem } from '../library.js';
import type { Landscape } from '../landscape.js';
import type { Exact, Point } from '../model/exact.js';
import type { Scenes } from '../scene.js';
import type { Pair } from '../model/pair.js';
import { showPoints } from './points-table.js';
import { stateText } from './readout.js';
import { byId, fixed, percent, short } from './text.js';

/** Everything that is said of a pair of landscapes, in and beside the plots. */
export function describe(left: Landscape, right: Landscape, scenes: Scenes, pair: Pair): void {
  showVerdicts(left, right, scenes);
  showProof(pair.right, scenes.right.exact);
  showPoints(scenes.right.search, scenes.left.exact, scenes.right.exact, left.view);
}

const pointsText = (scenes: Scenes, side: 'left' | 'right'): string =>
  scenes[side].search.points
    .map(({ kind, name, y }) => `${kind === 'stable' ? 'memory' : kind} ${name} at ${stateText(y)}`)
    .join(', ') || 'no fixed point found';

function showVerdicts(left: Landscape, right: Landscape, scenes: Scenes): void {
  const { scan: blind } = left;
  const { scan: seeing } = right;
  if (!blind || !seeing) return;
  const share = blind.blind / blind.samples;
  const { x, y } = left.view;
  const box = `y1 from ${fixed(x[0], 1)} to ${fixed(x[1], 1)}, y2 from ${fixed(y[0], 1)} to ${fixed(y[1], 1)}`;
  const range = (low: number, high: number) => `values from ${fixed(low, 2)} to ${fixed(high, 2)}`;
  const flat =
    scenes.left.flat === undefined
      ? ''
      : ` The quarter where both are negative is flat at ${short(scenes.left.flat)}.`;
  left.say(
    `blind on ${percent(share)}`,
    ' of this view',
    `Energy of equation 4 over ${box}, ${range(blind.tone.low, blind.high)}.${flat} Blind on ${percent(share)} of the view. ${pointsText(scenes, 'left')}.`,
  );
  const nowhere = seeing.blind === 0;
  right.say(
    nowhere ? 'blind nowhere' : `blind on ${percent(seeing.blind / seeing.samples)}`,
    nowhere ? ', falls on every path' : '',
    `Certified energy of equation 14 over the same box, ${range(seeing.tone.low, seeing.high)}, nowhere flat. ${pointsText(scenes, 'right')}.`,
  );
}

/** One state in each quarter: relu has one activation pattern there, and M is the same in all of it. */
const PATTERNS: readonly Point[] = [
  [1, 1],
  [1, -1],
  [-1, 1],
  [-1, -1],
];

function showProof(problem: Problem, exact: Exact): void {
  const [, second] = problem.energy.coefficients;
  byId('coefficient').textContent = short(second);
  const least = Math.min(...PATTERNS.map((y) => exact.certificate(y)));
  const proof = byId('proof');
  const bold = Object.assign(document.createElement('b'), {
    className: problem.energy.certified && least > 0 ? 'cert' : 'blind',
    textContent: problem.energy.certified && least > 0 ? 'Proved: ' : 'Not proved: ',
  });
  proof.replaceChildren(
    bold,
    `the energy falls wherever the state moves. Least eigenvalue of sym(MᵀR): ${short(least)}, over all 4 activation patterns.`,
  );
}
