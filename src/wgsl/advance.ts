/**
 * The text of kernels that advance states by a span of time: one attempt of a step of any length, its error in units of the
 * tolerance, and the numbers of the step control. The loop around it is shaders/task/advance.wgsl.
 */
import * as control from '../flow/control.js';
import { methods, type Exponential, type Method, type MethodName, type Tableau } from '../flow/methods.js';
import { CLOCK, END, TICK_CHANGE, type AdvanceOutput, type AdvanceTask } from '../flow/task.js';
import type { Problem } from '../model/problem.js';
import { driveFragment, endText } from './flow.js';
import { registers } from './form.js';
import { folder, fragment } from './fragments.js';
import type { Fragment } from './functions.js';
import { f32, u32 } from './literal.js';
import type { Plane } from './planes.js';

/**
 * What rounding leaves of an error estimate, as a share of |y| + h |f|: far less than 2^-24, for its weights are small. At
 * 2^-24 steps across kinks became so long that errors were a hundredfold.
 */
const ROUNDING = 2 ** -30;
/** Multiply-adds of f up to which the stages of a step are written one after the other. */
const UNROLLED = 1024;
/** Finite f32 are at most this. */
const LARGEST = 3.4028234663852886e38;

/** Planes of an `advance` kernel. */
export function advancePlanes(n: number): Plane<AdvanceOutput>[] {
  const scalars = (['end', 'steps', 'refused', 'done', 'step', 'error'] as const).map((quantity, first) => ({
    quantity,
    first,
    components: 1,
    vector: false,
  }));
  const vector = (quantity: 'state' | 'low', first: number) => ({
    quantity,
    first,
    components: n,
    vector: true,
  });
  return [...scalars, vector('state', 6), vector('low', 6 + n)];
}

/** f32 numbers of a lane in the points of an `advance` kernel: the state twice (its sum), and the clock. */
export const laneNumbers = (n: number): number => 2 * n + CLOCK.size;

/** Order of the error estimate of a method, doubled where it has none of its own. */
const errorOrderOf = (method: Method): number =>
  (method.family === 'runge-kutta' ? method.errorOrder : undefined) ?? method.order;

/** Everything that an `advance` kernel has of its own. */
export function advanceText(task: AdvanceTask, problem: Problem): string {
  const n = problem.network.size;
  const all = { offset: 0, size: n };
  const state = (term: (i: string) => string) => registers.build([{ range: all, before: '', term }]);
  const indices = Array.from({ length: n }, (_, i) => String(i));
  const constants = {
    SAFETY: control.SAFETY,
    SHRINK: control.SHRINK,
    GROW: control.GROW,
    PI_LAST: control.PI_LAST,
    LEAST_ERROR: control.LEAST_ERROR,
    LEAST_LAST: control.LEAST_LAST,
    ERROR_EXPONENT: 1 / (errorOrderOf(methods[task.method]) + 1),
    ROUNDING,
    TICK_CHANGE,
    LARGEST,
  };
  return `const RUNNING = ${String(END.running)};
const REST = ${String(END.rest)};
const NONFINITE = ${String(END.nonfinite)};
const DIVERGED = ${String(END.diverged)};
const CHATTER = ${String(END.chatter)};
const LANE = ${u32(laneNumbers(n))};
const ONE_LENGTH = ${String(task.tolerance === undefined)};
const KNOWS_SLOPE = ${String('error' in methods[task.method])};
${Object.entries(constants)
  .map(([name, value]) => `const ${name} = ${f32(value)};\n`)
  .join('')}
@group(1) @binding(2) var<storage, read> points: array<f32>;

fn state_from(at: u32) -> State {
${state((i) => `points[at + ${u32(Number(i))}]`)}}

fn put_state(plane: u32, at: u32, y: State) {
${indices.map((i) => `  put(plane + ${u32(Number(i))}, at, y[${i}]);\n`).join('')}}

struct Compensated {
  y: State,
  low: State,
}

fn compensated(y: State, low: State, change: State) -> Compensated {
${indices.map((i) => `  let s${i} = two_sum(y[${i}], change[${i}] + low[${i}]);\n`).join('')}  return Compensated(State(${indices.map((i) => `s${i}.x`).join(', ')}), State(${indices.map((i) => `s${i}.y`).join(', ')}));
}

${errorText(task, indices)}${trialText(task, isUnrolled(problem))}${endText({ ...task, stops: [] }, n)}`;
}

/** Steps of one length are refused only where they leave the numbers. */
function errorText({ tolerance }: AdvanceTask, indices: readonly string[]): string {
  const open = 'fn scaled_error(error: State, y: State, next: State, floor: f32) -> f32 {\n';
  if (!tolerance)
    return `${open}  let size = norm_state(next);\n  return select(0.0, size, is_above(size, LARGEST));\n}\n\n`;
  const [relative, absolute] = [tolerance.rtol, tolerance.atol].map((t) => f32(control.RESERVE * t));
  const scaled = indices.map(
    (i) =>
      `  let e${i} = error[${i}] / (${absolute} + ${relative} * max(abs(y[${i}]), abs(next[${i}])) + floor);\n`,
  );
  const squares = indices.map((i) => `e${i} * e${i}`).join(' + ');
  return `${open}${scaled.join('')}  return sqrt((${squares}) * ${f32(1 / indices.length)});\n}\n\n`;
}

/**
 * Whether the stages of a step are written one after the other. Compilers put every call in line: beyond some size (N = 32
 * with R = `gradient`: 14 s of one processor, against 4 s) they are a loop around one evaluation of f, which runs three times
 * as long (measured on SwiftShader, N = 2 to 32).
 */
export function isUnrolled({ network: { size }, energy, design }: Problem): boolean {
  if (design.kind === 'adaptive-polar') return false;
  const products =
    design.kind === 'gradient'
      ? 1 + energy.coefficients.filter((c) => c !== 0).length
      : design.kind === 'matrix'
        ? 2
        : 1;
  return products * size ** 2 <= UNROLLED;
}

/** `flow_trial(y, slope, h)`. One step is a list of stages, each an evaluation of f (or N) at a combination of those before. */
function trialText({ method: name, tolerance }: AdvanceTask, unrolled: boolean): string {
  const method: Method = methods[name];
  const open = 'fn flow_trial(y: State, slope: State, h: f32) -> Trial {\n';
  if (method.family === 'runge-kutta' && method.error)
    return `${open}${embedded(method, method.error, unrolled)}}\n\n`;
  const step = method.family === 'runge-kutta' ? rungeKutta(method, unrolled) : exponential(method, unrolled);
  const change = `fn flow_change(y: State, k0: State, h: f32) -> State {\n${step}}\n\n`;
  if (!tolerance)
    return `${change}${open}  return Trial(flow_change(y, slope, h), zero_state(), slope);\n}\n\n`;
  return `${change}${open}  var begin = y;
  var k0 = slope;
  var length = h;
  var whole = zero_state();
  var change = zero_state();
  for (var turn = 0u; turn < 3u; turn++) {
    let part = flow_change(begin, k0, length);
    switch (turn) {
      case 0u: {
        whole = part;
        length = 0.5 * h;
      }
      case 1u: {
        change = part;
        begin = add(y, part);
        k0 = velocity(begin);
      }
      default: {
        change = add(change, part);
      }
    }
  }
  return Trial(change, scale(${f32(1 / (2 ** method.order - 1))}, sub(change, whole)), slope);
}

`;
}

/** A stage: its name, where f (or N) is taken, and what is made of it; both are expressions. */
interface Stage {
  readonly name: string;
  readonly at: string;
}

/** Statements that compute stages with one `evaluate` of `at`. */
function stagesText(stages: readonly Stage[], evaluate: string, unrolled: boolean): string {
  const straight = ({ name, at }: Stage) => `  let ${name} = ${evaluate.replace('at', at)};\n`;
  if (unrolled || stages.length < 2) return stages.map(straight).join('');
  const choice = (statement: (stage: Stage) => string) =>
    stages
      .map((stage, k) => {
        const label = k === stages.length - 1 ? 'default' : `case ${u32(k)}`;
        return `      ${label}: {\n        ${statement(stage)}\n      }\n`;
      })
      .join('');
  return `${stages.map(({ name }) => `  var ${name} = zero_state();\n`).join('')}  for (var stage = 0u; stage < ${u32(stages.length)}; stage++) {
    var at = y;
    switch (stage) {
${choice(({ at }) => `at = ${at};`)}    }
    let value = ${evaluate};
    switch (stage) {
${choice(({ name }) => `${name} = value;`)}    }
  }
`;
}

/**
 * h sum_j row_j k_j as an expression. Weights are whole numbers over one denominator, exact in f32: rounded one by one, those
 * of Dormand and Prince (up to 12, of both signs) no longer sum to their node, and every step is wrong in the same direction
 * (1e-4 where a state grew by 10^9).
 */
function combined(row: readonly number[]): string {
  const { numerators, denominator } = overOne(row);
  const sum = numerators.reduce((text, weight, j) => {
    if (weight === 0) return text;
    const k = `k${String(j)}`;
    return text === '' ? `scale(${f32(weight)}, ${k})` : `add_scaled(${text}, ${f32(weight)}, ${k})`;
  }, '');
  return `scale(h / ${f32(denominator)}, ${sum})`;
}

/** Fractions over one denominator. */
function overOne(row: readonly number[]): { numerators: number[]; denominator: number } {
  const denominator = row.reduce((all, value) => leastMultiple(all, denominatorOf(value)), 1);
  return { numerators: row.map((value) => Math.round(value * denominator)), denominator };
}

/** Of the simplest fraction that is this number to rounding, by continued fractions. */
function denominatorOf(value: number): number {
  let [before, now, rest] = [0, 1, Math.abs(value)];
  while (Math.abs(value * now - Math.round(value * now)) > 1e-13 * now) {
    rest = 1 / (rest - Math.floor(rest));
    [before, now] = [now, before + Math.floor(rest) * now];
  }
  return now;
}

function leastMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return (a / x) * b;
}

const rungeKuttaStages = (a: Tableau['a'], unrolled: boolean) =>
  stagesText(
    a.map((row, i) => ({ name: `k${String(i)}`, at: `add(y, ${combined(row)})` })).slice(1),
    'velocity(at)',
    unrolled,
  );

const rungeKutta = ({ a, b }: Tableau, unrolled: boolean) =>
  `${rungeKuttaStages(a, unrolled)}  return ${combined(b)};\n`;

/** The last stage of a pair that reuses it is f at the end of the step: its row is b. */
const reusesLast = ({ a, b }: Tableau) =>
  a[a.length - 1].every((weight, j) => weight === b[j]) && b[a.length - 1] === 0;

function embedded(method: Tableau, error: readonly number[], unrolled: boolean): string {
  if (!reusesLast(method)) throw new RangeError('embedded methods are expected to reuse their last stage');
  return `  let k0 = slope;
${rungeKuttaStages(method.a, unrolled)}  return Trial(${combined(method.b)}, ${combined(error)}, k${String(method.b.length - 1)});
`;
}

/** Increments: N_0 - y is f(y), and decay y - y is -gain y. Stages are N - y as well. */
function exponential({ order }: Exponential, unrolled: boolean): string {
  const weights = '  let w = weights_of(h);\n';
  const drive = 'sub(drive(at), y)';
  if (order === 1) return `${weights}  return scale(w.gain, k0);\n`;
  if (order === 2)
    return `${weights}  let a = scale(w.gain, k0);
${stagesText([{ name: 'da', at: 'add(y, a)' }], drive, true)}  return add_scaled(a, w.second, sub(da, k0));
`;
  const stages = [
    { name: 'da', at: 'a' },
    { name: 'db', at: 'add_scaled(y, w.half_gain, da)' },
    { name: 'dc', at: 'add_scaled(a, w.half_gain, sub(sub(add_scaled(y, 2.0, db), k0), a))' },
  ];
  return `${weights}  let a = add_scaled(y, w.half_gain, k0);
${stagesText(stages, drive, unrolled)}  return add_scaled(add_scaled(scale(w.last.x, k0), w.last.y, add(da, db)), w.last.z, dc);
`;
}

/** The fragments beside the generated text; the logistic is the exact one of fields, as errors are estimated to 1e-7. */
export function advanceFragments(equation: 1 | 9 | 13, identity: boolean): Fragment[] {
  return [
    ...folder('flow').filter(({ name }) => !/\/(?:drive-|logistic)/.test(name)),
    driveFragment(equation, identity),
    fragment('task/advance'),
  ];
}

/** Evaluations of f of one attempt of a step. */
export function stagesOf(name: MethodName, doubled: boolean): number {
  const method: Method = methods[name];
  if (method.family === 'runge-kutta' && method.error) return method.b.length - 1;
  const own = method.family === 'runge-kutta' ? method.b.length : method.order;
  return doubled ? 3 * own - 1 : own;
}
