/**
 * `flow_step(y)`: one step of a method as text. Coefficients come from the tables that the f64 steppers use
 * (flow/methods.ts, flow/exponential.ts) and are literals; zeros are left out.
 */
import { exponentialWeights } from '../flow/exponential.js';
import { methods, type Exponential, type Tableau } from '../flow/methods.js';
import type { FixedMethod } from '../flow/task.js';
import { f32 } from './literal.js';

/** WGSL of `fn flow_step(y: State) -> State` with steps of length `h`. */
export function flowStep(name: FixedMethod, h: number): string {
  const method = methods[name];
  const body = method.family === 'runge-kutta' ? rungeKutta(method, h) : exponential(method, h);
  return `fn flow_step(y: State) -> State {\n${body}}\n\n`;
}

/** y + h sum_j row_j k_j as an expression, `k` naming the stages. */
function combined(h: number, row: readonly number[]): string {
  return row.reduce(
    (text, weight, j) => (weight === 0 ? text : `add_scaled(${text}, ${f32(h * weight)}, k${String(j)})`),
    'y',
  );
}

function rungeKutta({ a, b }: Tableau, h: number): string {
  const stages = a.map((row, i) => `  let k${String(i)} = velocity(${combined(h, row)});\n`);
  return `${stages.join('')}  return ${combined(h, b)};\n`;
}

/** relax(decay, y, gain, n) is decay y + gain n; drive(y) is N(y) = y' + y. */
function exponential({ order }: Exponential, h: number): string {
  const { decay, halfDecay, gain, halfGain, second, last } = exponentialWeights(h);
  if (order === 1) return `  return relax(${f32(decay)}, y, ${f32(gain)}, drive(y));\n`;
  if (order === 2)
    return `  let n0 = drive(y);
  let a = relax(${f32(decay)}, y, ${f32(gain)}, n0);
  return add_scaled(a, ${f32(second)}, sub(drive(a), n0));
`;
  const [half, drift] = [f32(halfDecay), f32(halfGain)];
  const [w0, w1, w2] = last.map(f32);
  return `  let n0 = drive(y);
  let a = relax(${half}, y, ${drift}, n0);
  let na = drive(a);
  let b = relax(${half}, y, ${drift}, na);
  let nb = drive(b);
  let c = relax(${half}, a, ${drift}, sub(scale(2.0, nb), n0));
  let nc = drive(c);
  return add_scaled(add_scaled(relax(${f32(decay)}, y, ${w0}, n0), ${w1}, add(na, nb)), ${w2}, nc);
`;
}
