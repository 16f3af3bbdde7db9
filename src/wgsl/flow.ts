/**
 * The text of flow kernels: where a lane starts, one step, and when it is over. A `reach` kernel knows its stop sets as
 * literals; the loop around them is shaders/task/reach.wgsl, or reach-follow.wgsl where rest and returns are looked for.
 */
import {
  CLOSE_RETURN,
  END,
  SMALLEST_LOOP,
  type FlowOutput,
  type ReachTask,
  type StopSet,
} from '../flow/task.js';
import { registers } from './form.js';
import { folder, fragment } from './fragments.js';
import type { Fragment } from './functions.js';
import { f32, u32 } from './literal.js';
import type { Plane } from './planes.js';
import { flowStep } from './steps.js';

/** Planes of a flow kernel. */
export function flowPlanes({ follow }: ReachTask, n: number): Plane<FlowOutput>[] {
  const scalar = (quantity: FlowOutput, first: number) => ({ quantity, first, components: 1, vector: false });
  return [
    scalar('end', 0),
    scalar('steps', 1),
    ...(follow ? [{ quantity: 'state' as const, first: 2, components: n, vector: true }] : []),
  ];
}

/** Where the points of a flow kernel come from: every cell of a grid, listed cells of it, or free points. */
export type FlowSource = 'grid' | 'cells' | 'points';

/** Everything that a flow kernel has of its own. */
export function flowText(task: ReachTask, source: FlowSource, n: number): string {
  const all = { offset: 0, size: n };
  const state = (term: (i: string) => string) => registers.build([{ range: all, before: '', term }]);
  return `const RUNNING = ${String(END.running)};
const REST = ${String(END.rest)};
const RETURNED = ${String(END.returned)};
const CLOSE_RETURN = ${f32(CLOSE_RETURN)};
const SMALLEST_LOOP = ${f32(SMALLEST_LOOP)};
const FLOW_STEP = ${f32(task.step)};
const REST_SPEED = ${f32(task.follow?.rest ?? 0)};
${source === 'cells' ? '@group(1) @binding(3) var<storage, read> cells: array<u32>;\n' : ''}
${startText(source)}fn relax(decay: f32, y: State, gain: f32, n: State) -> State {
${state((i) => `decay * y[${i}] + gain * n[${i}]`)}}

fn put_state(plane: u32, at: u32, y: State) {
${Array.from({ length: n }, (_, i) => `  put(plane + ${u32(i)}, at, y[${String(i)}]);\n`).join('')}}

${flowStep(task.method, task.step)}${endText(task, n)}`;
}

function startText(source: FlowSource): string {
  const cell = (column: string, row: string) =>
    `  return grid_state(grid_walk(coordinate(tile.axis[0], ${column})), ${row});\n`;
  const body = {
    grid: cell('tile.column + index % tile.columns', 'tile.row + index / tile.columns'),
    cells: `  let at = cells[tile.column + index];\n${cell('at % tile.width', 'at / tile.width')}`,
    points: '  return point_state(tile.column + index);\n',
  }[source];
  return `fn flow_start(index: u32) -> State {\n${body}}\n\n`;
}

/**
 * The code of the end at a state. Selections, not early returns: on a software adapter they take a tenth less of a map. The
 * first stop set wins, so it is asked last. Bits, not comparisons: compilers may take for granted that there is no NaN.
 */
export function endText(
  { stops, farSquare, box }: Pick<ReachTask, 'stops' | 'farSquare' | 'box'>,
  n: number,
): string {
  const components = Array.from({ length: n }, (_, i) => `y[${String(i)}]`);
  const left = box
    ? `  end = select(end, ${String(END.leftBox)}, ${components.map((y) => `${y} < ${f32(box[0])} || ${y} > ${f32(box[1])}`).join(' || ')});\n`
    : '';
  return `fn flow_end(y: State) -> i32 {
  var end = RUNNING;
${left}  let size = bitcast<u32>(dot_state(y, y)) & 0x7fffffffu;
  end = select(end, select(${String(END.diverged)}, ${String(END.nonfinite)}, size > 0x7f800000u), size > bitcast<u32>(${f32(farSquare)}));
${stops.map(stopText).reverse().join('')}  return end;
}
`;
}

function stopText({ centre, weights, square, slow }: StopSet, k: number): string {
  const terms = Array.from(centre, (c, i) => {
    const d = `(y[${String(i)}] - ${f32(c)})`;
    return `${weights[i] === 1 ? '' : `${f32(weights[i])} * `}${d} * ${d}`;
  });
  const inside = `${terms.join(' + ')} <= ${f32(square)}`;
  return slow === Infinity
    ? `  end = select(end, ${String(k)}, ${inside});\n`
    : `  if (${inside}) {\n    end = select(end, ${String(k)}, norm_state(velocity(y)) <= ${f32(slow)});\n  }\n`;
}

/** `drive` is N(y) = y' + y, without cancellation where R = I. */
export function driveFragment(equation: 1 | 9 | 13, identity: boolean): Fragment {
  return fragment(`flow/drive-${!identity ? 'general' : equation === 9 ? 'firing-rate' : 'hopfield'}`);
}

/** The fragments beside the generated text. */
export function flowFragments(task: ReachTask, equation: 1 | 9 | 13, identity: boolean): Fragment[] {
  return [
    ...folder('flow').filter(({ name }) => !name.includes('/drive-')),
    driveFragment(equation, identity),
    fragment(task.follow ? 'task/reach-follow' : 'task/reach'),
  ];
}
