/**
 * A kernel is put together from fragments that each define some of the contract functions
 *
 *   activation lagrangian hessian_apply hessian_diagonal dead_count alive_mask   (lift.ts, from the table)
 *   weights_apply weights_transposed_apply weights_form bias design_apply        (operators.ts, from the model)
 *   prepare interaction energy m_apply r_apply                                   (shaders/system, energy, design)
 *   grid_walk grid_state point_state begin evaluate                              (here and shaders/task)
 *
 * so that WGSL's own compiler is the linker: a missing or doubled function is an error with a name. The
 * fragments read like the equations; what differs between kernels (registers or workspace, numbers as text or
 * in a buffer, which quantities are wanted) is in the functions generated around them.
 */
import { wgsl } from 'wgsl-preprocessor/wgsl-preprocessor.js';
import type { Problem } from '../model/problem.js';
import type { Quantity } from '../types.js';
import { registerAlgebra, registers, workspace, type Form } from './form.js';
import { folder, fragment } from './fragments.js';
import { countCalls, link, type Fragment } from './functions.js';
import { liftLayers } from './lift.js';
import { u32 } from './literal.js';
import { NumberStore, type NumberStyle } from './numbers.js';
import { operator, quadraticForm, transposed, wholeBlock } from './operators.js';
import { planesOf, type Plane } from './planes.js';

/** Largest N that is evaluated in registers. */
export const REGISTER_LIMIT = 32;
/** Largest N for which the matrices of `adaptive-polar` and `certificate` are built in a kernel. */
export const MATRIX_LIMIT = 8;
export const WORKGROUP = 64;
/** Workgroups per dimension that every device allows. */
export const DISPATCH_LIMIT = 65535;

/** What a kernel is to do: plain data, and all that `compose` depends on. */
export interface KernelSpec {
  readonly problem: Problem;
  readonly task: 'grid' | 'points';
  /** Number of axes of the grid; 1 for points. */
  readonly axes: number;
  readonly quantities: readonly Quantity[];
  readonly numbers: NumberStyle;
  /** Rows of a grid that one invocation walks. */
  readonly rowsPerInvocation: number;
}

/** A kernel as a backend needs it: entry point `main`, group 0 the model's numbers, group 1 the task. */
export interface Kernel {
  /** WGSL. */
  readonly code: string;
  /** Fragment and line, e.g. `shaders/energy/gradient.wgsl:12`, that a line of `code` (from 1) came from, for compiler messages. */
  readonly where: (line: number) => string;
  readonly planes: readonly Plane[];
  /** Numbers for group 0, binding 0; empty when they are text. */
  readonly numbers: Float32Array;
  readonly numberStyle: NumberStyle;
  /** Slots of N numbers that a lane of a workspace kernel takes; 0 in registers. */
  readonly slots: number;
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
  const form = spec.numbers === 'storage' ? workspace : registers;
  const store = new NumberStore(spec.numbers);
  const planes = planesOf(spec.quantities, n);
  const generated =
    constants(spec, n) +
    (form.kind === 'registers' ? registerAlgebra(n) : '') +
    liftLayers(problem.network.layers, form, store) +
    model(problem, form, store) +
    energyMixture(problem, store, form.kind === 'workspace' || needsProduct(spec)) +
    sampling(spec, n, form) +
    evaluation(planes, n, form);
  const fragments: Fragment[] = [
    fragment('task/tile'),
    fragment(`task/${spec.task}`),
    { name: 'generated', code: generated },
    ...(form.kind === 'workspace' ? [fragment('state/workspace')] : []),
    fragment(problem.equation === 9 ? 'system/firing-rate' : 'system/hopfield'),
    ...energyFragments(problem),
    fragment(`design/${problem.design.kind}`),
    ...(n <= MATRIX_LIMIT && form.kind === 'registers' ? folder('linalg') : []),
    ...folder('numerics'),
    // Last, because only now every number has been asked for.
    { name: 'numbers', code: store.declaration() },
  ];
  const { code, where } = link(fragments, 'main');
  const slots = form.kind === 'workspace' ? countCalls(code, 'main', 'fresh') : 0;
  return { code, where, planes, numbers: store.data(), numberStyle: spec.numbers, slots };
}

function constants(spec: KernelSpec, n: number): string {
  return `const N = ${u32(n)};
const WORKGROUP = ${u32(WORKGROUP)};
const FOLD = ${u32(DISPATCH_LIMIT * WORKGROUP)};
const ROWS = ${u32(spec.rowsPerInvocation)};

`;
}

/** Whether W g (or W u) is computed anyway, so that g.W g can be had from it. */
function needsProduct({ problem, quantities }: KernelSpec): boolean {
  return problem.energy.coefficients[2] !== 0 || quantities.some((q) => q !== 'energy');
}

function model(problem: Problem, form: Form, numbers: NumberStore): string {
  const { network, design, inverseWeights } = problem;
  const n = network.size;
  const op = (name: string, blocks: Parameters<typeof operator>[1]) =>
    operator(name, blocks, n, form, numbers);
  const bias = numbers.add(network.bias);
  const whole = { offset: 0, size: n };
  const biasTerm = (i: string) =>
    form.kind === 'registers' ? bias.at(Number(i)) : `numbers[${u32(bias.base)} + ${i}]`;
  const usesTranspose = problem.energy.coefficients[2] !== 0;
  return (
    `fn bias() -> State {\n${form.build([{ range: whole, before: '', term: biasTerm }])}}\n\n` +
    op('weights_apply', network.weights) +
    quadraticForm(network.weights, network.symmetric, form, numbers) +
    (usesTranspose ? op('weights_transposed_apply', transposed(network.weights)) : '') +
    (inverseWeights ? op('inverse_weights_apply', wholeBlock(inverseWeights)) : '') +
    (design.kind === 'matrix' ? op('design_apply', wholeBlock(design.matrix)) : '')
  );
}

function energyFragments({ energy }: Problem): Fragment[] {
  const family = energy.equation === 10 ? 'firing-rate' : 'preconditioned';
  const second = energy.equation === 5 ? 'energy/hopfield-1984' : `energy/${family}-2`;
  const names = [`energy/${family}-1`, second, `energy/${family}-3`];
  return [...names.filter((_, k) => energy.coefficients[k] !== 0).map(fragment), fragment('energy/gradient')];
}

/** E = sum of coefficient x term and M v likewise, over the terms whose coefficient is not zero. */
function energyMixture({ energy }: Problem, numbers: NumberStore, hasProduct: boolean): string {
  const run = numbers.add(energy.coefficients);
  const [first, second, third] = energy.coefficients.map((c) => c !== 0);
  const [c1, c2, c3] = [0, 1, 2].map((k) => run.at(k));
  return wgsl`
fn energy(p: Point) -> f32 {
  var e = 0.0;
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
  var m = zero_state();
#if ${first}
  m = add(m, scale(${c1}, m_1(p, v)));
#endif
#if ${second}
  m = add(m, scale(${c2}, m_2(p, v)));
#endif
#if ${third}
  m = add(m, scale(${c3}, m_3(p, v)));
#endif
  return m;
}

fn interaction(p: Point) -> f32 {
#if ${hasProduct}
  return dot_state(p.g, p.product);
#else
  return weights_form(p.g);
#endif
}

`;
}

/** Where states come from: the affine grid (its shared part hoisted out of the row loop) or a list of points. */
function sampling({ task, axes }: KernelSpec, n: number, form: Form): string {
  const whole = { offset: 0, size: n };
  const state = (term: (i: string) => string) => form.build([{ range: whole, before: '', term }]);
  const inWorkspace = form.kind === 'workspace';
  const begin = `fn begin(index: u32) {\n${inWorkspace ? '  lane = (index / WORKGROUP) * tile.share + index % WORKGROUP;\n  top = 0u;\n' : ''}}\n\n`;
  if (task === 'points')
    return `${begin}@group(1) @binding(2) var<storage, read> points: array<f32>;

fn point_state(index: u32) -> State {
${state((i) => `points[index * N + ${inWorkspace ? i : u32(Number(i))}]`)}}

`;
  const frame = (k: number, i: string) => {
    if (inWorkspace) return `frame[${u32(k * n)} + ${i}]`;
    const at = k * n + Number(i);
    return `frame[${u32(at >> 2)}].${'xyzw'[at & 3]}`;
  };
  const count = Math.ceil(((axes + 1) * n) / 4);
  const declaration = inWorkspace
    ? 'var<storage, read> frame: array<f32>;'
    : `var<uniform> frame: array<vec4f, ${String(count)}>;`;
  const names = ['t', 'q'].slice(0, axes - 1);
  // In registers the axes are values made once per invocation; in the workspace they are read in place.
  const held = inWorkspace ? [] : names;
  const axisTerm = (name: string, k: number, i: string) =>
    inWorkspace ? frame(k + 2, i) : `walk.${name}[${i}]`;
  const coordinates = [
    ...(axes >= 2
      ? [`  let t = coordinate(walk.axis_t, ${axes === 3 ? 'row % tile.rows_per_layer' : 'row'});\n`]
      : []),
    ...(axes === 3 ? ['  let q = coordinate(walk.axis_q, row / tile.rows_per_layer);\n'] : []),
  ].join('');
  return `${begin}@group(1) @binding(2) ${declaration}

struct Walk {
  base: State,
${held.map((name) => `  ${name}: State,\n`).join('')}${names.map((name) => `  axis_${name}: vec4f,\n`).join('')}}

${held.map((name, k) => `fn frame_${name}() -> State {\n${state((i) => frame(k + 2, i))}}\n`).join('\n')}
fn frame_base(s: f32) -> State {
${state((i) => `${frame(0, i)} + s * ${frame(1, i)}`)}}

fn grid_walk(s: f32) -> Walk {
  return Walk(${['frame_base(s)', ...held.map((name) => `frame_${name}()`), ...names.map((_, k) => `tile.axis[${String(k + 1)}]`)].join(', ')});
}

fn grid_state(walk: Walk, row: u32) -> State {
${coordinates}${axes === 1 ? '  return walk.base;\n' : state((i) => [form.element('walk.base', i), ...names.map((name, k) => `${name} * ${axisTerm(name, k, i)}`)].join(' + '))}}

`;
}

/** WGSL of the value of each quantity; `v` is R r and `m` is M r, computed once. */
const VALUES: Record<Quantity, string> = {
  energy: 'energy(p)',
  residual: 'norm_state(p.r)',
  speed: 'norm_state(v)',
  rhs: 'v',
  'energy-gradient': 'scale(-1.0, m)',
  'energy-rate': '-dot_state(m, v)',
  'dead-count': 'dead_count(p)',
  'alive-mask': 'alive_mask(p)',
  certificate: 'certificate(p)',
  'blind-spot': 'is_blind(p, m)',
};

function evaluation(planes: readonly Plane[], n: number, form: Form): string {
  const values = planes.map((plane) => VALUES[plane.quantity]);
  const uses = (name: string) => values.some((value) => new RegExp(`\\b${name}\\b`).test(value));
  const store = (plane: Plane, value: string) => {
    if (!plane.vector)
      return plane.first === 0 ? `  output[at] = ${value};\n` : `  put(${u32(plane.first)}, at, ${value});\n`;
    const name = `value_${String(plane.first)}`;
    const head = `  let ${name} = ${value};\n`;
    if (form.kind === 'workspace')
      return `${head}  for (var i = 0u; i < N; i++) {\n    put(${u32(plane.first)} + i, at, load(${name}, i));\n  }\n`;
    return (
      head +
      Array.from(
        { length: n },
        (_, i) => `  put(${u32(plane.first + i)}, at, ${name}[${String(i)}]);\n`,
      ).join('')
    );
  };
  return `fn evaluate(y: State, at: u32) {
  let p = prepare(y);
${uses('v') ? '  let v = r_apply(p, p.r);\n' : ''}${uses('m') ? '  let m = m_apply(p, p.r);\n' : ''}${planes.map((plane, k) => store(plane, values[k])).join('')}}
`;
}
