/**
 * A kernel is put together from fragments that each define some of the contract functions
 *
 *   activation lagrangian hessian_apply hessian_diagonal dead_count alive_mask   (lift.ts, from the table)
 *   weights_apply weights_transposed_apply weights_form design_apply             (unrolled.ts or tiled.ts, from the model)
 *   plus_bias less_bias plus_bias_less less_bias_dot bias_dot                     (bias.ts, from the model)
 *   prepare interaction energy m_apply r_apply                                   (shaders/system, energy, design)
 *   grid_walk grid_state point_state state_at evaluate                           (here and shaders/task)
 *
 * so that WGSL's own compiler is the linker: a missing or doubled function is an error with a name. The
 * fragments read like the equations; what differs between kernels (registers or workspace, numbers as text or
 * in a buffer, which quantities are wanted) is in the functions generated around them.
 */
import { wgsl } from 'wgsl-preprocessor/wgsl-preprocessor.js';
import type { AdvanceOutput, AdvanceTask, FlowOutput, ReachTask } from '../flow/task.js';
import type { Problem } from '../model/problem.js';
import type { Quantity } from '../types.js';
import { advanceFragments, advancePlanes, advanceText } from './advance.js';
import { loop, registerAlgebra, registers, workspace, type Form } from './form.js';
import { flowFragments, flowPlanes, flowText } from './flow.js';
import { folder, fragment } from './fragments.js';
import { countCalls, link, type Fragment } from './functions.js';
import { biasFunctions } from './bias.js';
import { DISPATCH_LIMIT, inWorkspace, RUN, workgroupOf } from './lanes.js';
import { liftLayers } from './lift.js';
import { u32 } from './literal.js';
import { newtonDirection } from './newton.js';
import { NumberStore, type MatrixBinding, type NumberStyle } from './numbers.js';
import { whole } from './operators.js';
import { planesOf, type Plane } from './planes.js';
import type { Reference } from './reference.js';
import { tiledOperators } from './tiled.js';
import { unrolledOperators } from './unrolled.js';

/** Largest N for which the matrices of `adaptive-polar` and `certificate` are built in a kernel. */
export const MATRIX_LIMIT = 8;

/** What a kernel is to do: plain data, and all that `compose` depends on. */
export interface KernelSpec {
  readonly problem: Problem;
  readonly task: 'grid' | 'cells' | 'points';
  /** Number of axes of the grid; 1 for points. */
  readonly axes: number;
  readonly quantities: readonly Quantity[];
  readonly numbers: NumberStyle;
  /** Rows of a grid that one invocation walks; 1 in the workspace. */
  readonly rowsPerInvocation: number;
  /** Measure energies from a state: a kernel's states are offsets from it; N <= 32. */
  readonly reference?: Reference;
  /** Follow the flow from every point instead of evaluating quantities there; N <= 32. */
  readonly flow?: ReachTask;
  /** Advance every point by a span of time instead; N <= 32. */
  readonly advance?: AdvanceTask;
}

/** A kernel as a backend needs it: entry point `main`, group 0 the model's numbers, group 1 the task. */
export interface Kernel {
  /** WGSL. */
  readonly code: string;
  /** Fragment and line, e.g. `shaders/energy/gradient.wgsl:12`, that a line of `code` (from 1) came from, for compiler messages. */
  readonly where: (line: number) => string;
  readonly planes: readonly Plane<Quantity | FlowOutput | AdvanceOutput>[];
  /** Numbers for group 0, binding 0; empty when they are text. */
  readonly numbers: Float32Array;
  readonly numberStyle: NumberStyle;
  /** Matrices for group 0, binding 1 and following; none unless the numbers are in storage. */
  readonly matrices: readonly MatrixBinding[];
  /** Slots of N places that a lane of a workspace kernel takes; 0 in registers. */
  readonly slots: number;
  /** Whether it reads a list of cells, at group 1, binding 3. */
  readonly listsCells: boolean;
}

/** A planner asks for the slots of a kernel, a backend for its text: composed once for each spec. */
const composed = new WeakMap<KernelSpec, Kernel>();

/** Composes the kernel of `spec`; the same spec gives the same text. */
export function compose(spec: KernelSpec): Kernel {
  const known = composed.get(spec);
  if (known) return known;
  const kernel = composeAnew(spec);
  composed.set(spec, kernel);
  return kernel;
}

function composeAnew(spec: KernelSpec): Kernel {
  const { problem } = spec;
  const n = problem.network.size;
  const form = inWorkspace(spec) ? workspace : registers;
  const store = new NumberStore(spec.numbers);
  const planes = planesOf(spec.quantities, n);
  const generated =
    constants(spec, n) +
    (form.kind === 'registers' ? registerAlgebra(n) : '') +
    liftLayers(problem.network.layers, form, store) +
    biasFunctions(problem.network.bias, form, store) +
    model(problem, form, store) +
    (spec.quantities.includes('newton-end') ? newtonDirection(problem, store) : '') +
    energyMixture(problem, store, multipliesState(spec)) +
    (spec.advance
      ? advanceText(spec.advance, problem)
      : sampling(spec, n, form) +
        (spec.flow ? flowText(spec.flow, spec.task, n) : evaluation(planes, spec, form)));
  const fragments: Fragment[] = [
    fragment('task/tile'),
    { name: 'generated', code: generated },
    ...(form.kind === 'workspace'
      ? [...['task/four-points', 'state/workspace', 'state/quad'].map(fragment)]
      : [...taskFragments(spec), fragment('state/registers')]),
    systemFragment(spec, form),
    ...energyFragments(problem),
    ...differenceFragments(spec.reference, store),
    fragment(`design/${problem.design.kind}`),
    ...(n <= MATRIX_LIMIT && form.kind === 'registers' ? [...folder('linalg'), fragment('newton/end')] : []),
    ...folder('numerics').filter(({ name }) => !spec.flow || !name.endsWith('/logistic.wgsl')),
  ];
  const { code: linked, where } = link(fragments, 'main');
  // Last, because only now it is known which numbers are read.
  const { declarations, matrices } = store.declare(linked);
  const code = linked + declarations;
  const slots = form.kind === 'workspace' ? countCalls(code, 'main', 'fresh') : 0;
  const given = spec.advance ? advancePlanes(n) : spec.flow ? flowPlanes(spec.flow, n) : planes;
  return {
    code,
    where,
    planes: given,
    numbers: store.data(),
    numberStyle: spec.numbers,
    matrices,
    slots,
    listsCells: spec.task === 'cells',
  };
}

function taskFragments({ task, flow, advance, problem: { equation, design } }: KernelSpec): Fragment[] {
  if (advance) return advanceFragments(equation, design.kind === 'identity');
  if (flow) return flowFragments(flow, equation, design.kind === 'identity');
  if (task === 'cells') throw new RangeError('listed cells are for flows');
  return [fragment(`task/${task}`)];
}

function constants(spec: KernelSpec, n: number): string {
  const workgroup = workgroupOf(spec);
  return `const N = ${u32(n)};
const WORKGROUP = ${u32(workgroup)};
const FOLD = ${u32(DISPATCH_LIMIT * workgroup)};
const ROWS = ${u32(spec.rowsPerInvocation)};
const RUN = ${u32(RUN)};

`;
}

/** Whether W g (or W u) is computed anyway, so that g.W g can be had from it. */
export function multipliesState({ problem, quantities, numbers }: KernelSpec): boolean {
  // In registers the compiler drops a product that nothing reads; in the workspace nobody does.
  const without: readonly Quantity[] = inWorkspace({ numbers })
    ? ['energy', 'dead-count', 'alive-mask']
    : ['energy'];
  return problem.energy.coefficients[2] !== 0 || quantities.some((q) => !without.includes(q));
}

function systemFragment(spec: KernelSpec, form: Form): Fragment {
  if (spec.problem.equation === 9) return fragment('system/firing-rate');
  const lean = form.kind === 'workspace' && !multipliesState(spec);
  return fragment(lean ? 'system/hopfield-energy' : 'system/hopfield');
}

function model({ network, design, inverseWeights }: Problem, form: Form, numbers: NumberStore): string {
  const operators = (form.kind === 'registers' ? unrolledOperators : tiledOperators)(network.size, numbers);
  return (
    operators.apply('weights_apply', network) +
    operators.form('weights_form', network, network.symmetric) +
    (network.symmetric
      ? 'fn weights_transposed_apply(x: State) -> State {\n  return weights_apply(x);\n}\n\n'
      : operators.transposed('weights_transposed_apply', network)) +
    (inverseWeights ? operators.apply('inverse_weights_apply', whole(inverseWeights)) : '') +
    (design.kind === 'matrix' ? operators.apply('design_apply', whole(design.matrix)) : '')
  );
}

function energyFragments({ energy }: Problem): Fragment[] {
  const family = energy.equation === 10 ? 'firing-rate' : 'preconditioned';
  const second = energy.equation === 5 ? 'energy/hopfield-1984' : `energy/${family}-2`;
  const names = [`energy/${family}-1`, second, `energy/${family}-3`];
  return [...names.filter((_, k) => energy.coefficients[k] !== 0).map(fragment), fragment('energy/gradient')];
}

/** The text that a reference brings along, with its numbers in place. */
function differenceFragments(reference: Reference | undefined, store: NumberStore): Fragment[] {
  if (!reference) return [];
  const run = store.add(reference.numbers);
  return reference.fragments.map(({ name, code }) => ({
    name,
    code: code.replace(/\bconstant\((\d+)\)/g, (_, k) => run.at(Number(k))),
  }));
}

/** E = sum of coefficient x term and M v likewise, over the terms whose coefficient is not zero. */
function energyMixture({ energy }: Problem, numbers: NumberStore, product: boolean): string {
  const run = numbers.add(energy.coefficients);
  const [first, second, third] = energy.coefficients.map((c) => c !== 0);
  const [c1, c2, c3] = [0, 1, 2].map((k) => run.at(k));
  // The first term of M v stands alone, the others are added to it.
  const terms = [1, 2, 3].filter((k) => energy.coefficients[k - 1] !== 0);
  const metric = terms
    .map((k, at) => {
      const [c, term] = [run.at(k - 1), `m_${String(k)}(p, v)`];
      return at === 0 ? `  var m = scale(${c}, ${term});\n` : `  m = add_scaled(m, ${c}, ${term});\n`;
    })
    .join('');
  // No term at all is the energy 0.
  const none = `  var m = scale(0.0, v);\n`;
  return wgsl`
fn energy(p: Point) -> Real {
  var e = Real();
#if ${first}
  e += ${c1} * energy_1(p);
#endif
#if ${second}
  e += ${c2} * energy_2(p);
#endif
#if ${third}
  e += ${c3} * energy_3(p);
#endif
  return e;
}

fn m_apply(p: Point, v: State) -> State {
${metric || none}  return m;
}

fn interaction(p: Point) -> Real {
#if ${product}
  return dot_state(p.g, p.product);
#else
  return weights_form(p.g);
#endif
}

`;
}

/** Where states come from: the affine grid or a list of points. */
function sampling(spec: KernelSpec, n: number, form: Form): string {
  return form.kind === 'workspace' ? sampleFour(spec, n) : sampleOne(spec, n);
}

/** Four points in the workspace: whatever is read is read for all four. */
function sampleFour({ task, axes }: KernelSpec, n: number): string {
  const body = (term: string) =>
    workspace.build([{ range: { offset: 0, size: n }, before: '', term: () => term }]);
  if (task === 'points')
    return `@group(1) @binding(2) var<storage, read> points: array<f32>;

fn state_at(column: Index, row: Index) -> State {
  let first = column * N;
${body('Real(points[first.x + i], points[first.y + i], points[first.z + i], points[first.w + i])')}}

`;
  const terms = ['s', 't', 'q'].slice(0, axes).map((name, k) => `${name} * frame[${u32((k + 1) * n)} + i]`);
  const rows = ['column', axes === 3 ? 'row % tile.rows_per_layer' : 'row', 'row / tile.rows_per_layer'];
  const coordinates = ['s', 't', 'q']
    .slice(0, axes)
    .map((name, k) => `  let ${name} = coordinate(tile.axis[${String(k)}], ${rows[k]});\n`);
  return `@group(1) @binding(2) var<storage, read> frame: array<f32>;

fn state_at(column: Index, row: Index) -> State {
${coordinates.join('')}${body(['frame[i]', ...terms].join(' + '))}}

`;
}

/** One point in registers: what the rows of a column share is hoisted out of the row loop. */
function sampleOne({ task, axes }: KernelSpec, n: number): string {
  const state = (term: (i: string) => string) =>
    registers.build([{ range: { offset: 0, size: n }, before: '', term }]);
  if (task === 'points')
    return `@group(1) @binding(2) var<storage, read> points: array<f32>;

fn point_state(index: u32) -> State {
${state((i) => `points[index * N + ${u32(Number(i))}]`)}}

`;
  const frame = (k: number, i: string) => {
    const at = k * n + Number(i);
    return `frame[${u32(at >> 2)}].${'xyzw'[at & 3]}`;
  };
  const count = Math.ceil(((axes + 1) * n) / 4);
  const names = ['t', 'q'].slice(0, axes - 1);
  const coordinates = [
    ...(axes >= 2
      ? [`  let t = coordinate(walk.axis_t, ${axes === 3 ? 'row % tile.rows_per_layer' : 'row'});\n`]
      : []),
    ...(axes === 3 ? ['  let q = coordinate(walk.axis_q, row / tile.rows_per_layer);\n'] : []),
  ].join('');
  return `@group(1) @binding(2) var<uniform> frame: array<vec4f, ${String(count)}>;

struct Walk {
  base: State,
${names.map((name) => `  ${name}: State,\n`).join('')}${names.map((name) => `  axis_${name}: vec4f,\n`).join('')}}

${names.map((name, k) => `fn frame_${name}() -> State {\n${state((i) => frame(k + 2, i))}}\n`).join('\n')}
fn frame_base(s: f32) -> State {
${state((i) => `${frame(0, i)} + s * ${frame(1, i)}`)}}

fn grid_walk(s: f32) -> Walk {
  return Walk(${['frame_base(s)', ...names.map((name) => `frame_${name}()`), ...names.map((_, k) => `tile.axis[${String(k + 1)}]`)].join(', ')});
}

fn grid_state(walk: Walk, row: u32) -> State {
${coordinates}${axes === 1 ? '  return walk.base;\n' : state((i) => [`walk.base[${i}]`, ...names.map((name) => `${name} * walk.${name}[${i}]`)].join(' + '))}}

`;
}

/** WGSL of the value of each quantity (of grad E up to its sign); `v` is R r and `m` is M r, computed once. */
const VALUES: Record<Quantity, string> = {
  energy: 'energy(p)',
  residual: 'norm_state(p.r)',
  speed: 'norm_state(v)',
  rhs: 'v',
  'energy-gradient': 'm',
  'energy-rate': '-dot_state(m, v)',
  'dead-count': 'dead_count(p)',
  'alive-mask': 'alive_mask(p)',
  certificate: 'certificate(p)',
  'blind-spot': 'is_blind(p, m)',
  'newton-end': 'newton_end(p)',
};

function evaluation(planes: readonly Plane[], { problem, reference }: KernelSpec, form: Form): string {
  const { network, design } = problem;
  const n = network.size;
  const values = planes.map(({ quantity }) =>
    quantity === 'energy' && reference ? 'energy_difference(d)' : VALUES[quantity],
  );
  const uses = (name: string) => values.some((value) => new RegExp(`\\b${name}\\b`).test(value));
  const store = (plane: Plane, value: string) => {
    if (!plane.vector)
      // One value a point is most of what a small network costs: no arithmetic for plane 0.
      return plane.first === 0 && form.kind === 'registers'
        ? `  output[at] = ${value};\n`
        : `  put(${u32(plane.first)}, at, ${value});\n`;
    const sign = plane.quantity === 'energy-gradient' ? '-' : '';
    const name = `value_${String(plane.first)}`;
    const head = `  let ${name} = ${value};\n`;
    if (form.kind === 'workspace')
      return (
        head + loop({ offset: 0, size: n }, `put(${u32(plane.first)} + i, at, ${sign}load(${name}, i));`)
      );
    return (
      head +
      Array.from(
        { length: n },
        (_, i) => `  put(${u32(plane.first + i)}, at, ${sign}${name}[${String(i)}]);\n`,
      ).join('')
    );
  };
  // With R = M the velocity is M r: large networks must not compute it twice.
  const metric = design.kind === 'gradient' && uses('v') ? 'v' : 'm_apply(p, p.r)';
  const [state, y] = reference ? ['d', 'plus_reference(d)'] : ['y', 'y'];
  return `fn evaluate(${state}: State, at: Index) {
  let p = prepare(${y});
${uses('v') ? '  let v = r_apply(p, p.r);\n' : ''}${uses('m') ? `  let m = ${metric};\n` : ''}${planes.map((plane, k) => store(plane, values[k])).join('')}}
`;
}
