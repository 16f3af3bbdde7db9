/**
 * The two forms a State takes in a kernel, and how text is written for each.
 *
 * - registers: `array<f32, N>` by value, every loop unrolled. Measured equal to hand-written scalars on a
 *   software adapter for N = 2, 16 and 32; the compiler drops what an entry point does not use.
 * - workspace: a slot in storage, four points at once (shaders/state/workspace.wgsl), loops, any N.
 */
import { u32 } from './literal.js';

export interface Range {
  readonly offset: number;
  readonly size: number;
}

/** An expression per neuron; `index` is a number (registers) or a WGSL variable (workspace). */
type Term = (index: string) => string;

export interface Form {
  readonly kind: 'registers' | 'workspace';
  /** Component of a state. */
  element(state: string, index: string): string;
  /** Statement that declares `name` as the sum or maximum of `term` over a range. */
  reduce(name: string, how: 'sum' | 'max', from: string, range: Range, term: Term): string;
  /** Body of a function that returns the state made of `parts`, each with statements to run before it. */
  build(parts: readonly { range: Range; before: string; term: Term }[]): string;
}

const indices = ({ offset, size }: Range) => Array.from({ length: size }, (_, i) => String(offset + i));

export const registers: Form = {
  kind: 'registers',
  element: (state, index) => `${state}[${index}]`,
  reduce: (name, how, from, range, term) => {
    const terms = indices(range).map(term);
    const value = how === 'sum' ? terms.join(' + ') : terms.reduce((a, b) => `max(${a}, ${b})`, from);
    return `  let ${name} = ${value};\n`;
  },
  build: (parts) =>
    parts.map((p) => p.before).join('') +
    `  return State(${parts.flatMap((p) => indices(p.range).map(p.term)).join(', ')});\n`,
};

/** Statements that run `body` for every neuron `i` of a range. */
export const loop = ({ offset, size }: Range, body: string) =>
  `  for (var i = ${u32(offset)}; i < ${u32(offset + size)}; i++) {\n    ${body}\n  }\n`;

export const workspace: Form = {
  kind: 'workspace',
  element: (state, index) => `load(${state}, ${index})`,
  reduce: (name, how, from, range, term) =>
    `  var ${name} = Real(${from});\n` +
    loop(range, how === 'sum' ? `${name} += ${term('i')};` : `${name} = max(${name}, ${term('i')});`),
  build: (parts) =>
    '  let out = fresh();\n' +
    parts.map(({ range, before, term }) => before + loop(range, `store(out, i, ${term('i')});`)).join('') +
    '  return out;\n',
};

/** Algebra of states in registers; the workspace's is shaders/state/workspace.wgsl. */
export function registerAlgebra(n: number): string {
  const all = { offset: 0, size: n };
  const state = (term: Term) => registers.build([{ range: all, before: '', term }]);
  return `alias State = array<f32, ${String(n)}>;

fn add(a: State, b: State) -> State {
${state((i) => `a[${i}] + b[${i}]`)}}

fn sub(a: State, b: State) -> State {
${state((i) => `a[${i}] - b[${i}]`)}}

fn scale(c: f32, a: State) -> State {
${state((i) => `c * a[${i}]`)}}

fn add_scaled(a: State, c: f32, b: State) -> State {
${state((i) => `a[${i}] + c * b[${i}]`)}}

fn fill_state(c: f32) -> State {
${state(() => 'c')}}

fn zero_state() -> State {
  return State();
}

fn dot_state(a: State, b: State) -> Real {
${registers.reduce('sum', 'sum', '0.0', all, (i) => `a[${i}] * b[${i}]`)}  return sum;
}

fn norm_state(a: State) -> Real {
  return sqrt(dot_state(a, a));
}
`;
}
