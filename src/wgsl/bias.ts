/** The bias b in every combination that the equations need, so that no state is made of b alone. */
import type { Form } from './form.js';
import { u32 } from './literal.js';
import type { NumberStore } from './numbers.js';

export function biasFunctions(bias: Float64Array, form: Form, numbers: NumberStore): string {
  const run = numbers.add(bias);
  const range = { offset: 0, size: bias.length };
  const b = (i: string) =>
    form.kind === 'registers' ? run.at(Number(i)) : `numbers[${u32(run.base)} + ${i}]`;
  const state = (term: (i: string) => string) => form.build([{ range, before: '', term }]);
  const sum = (term: (i: string) => string) =>
    `${form.reduce('sum', 'sum', '0.0', range, term)}  return sum;\n`;
  const at = (name: string, i: string) => form.element(name, i);
  return `fn plus_bias(x: State) -> State {
${state((i) => `${at('x', i)} + ${b(i)}`)}}

fn less_bias(x: State) -> State {
${state((i) => `${at('x', i)} - ${b(i)}`)}}

// x + b - y
fn plus_bias_less(x: State, y: State) -> State {
${state((i) => `${at('x', i)} + ${b(i)} - ${at('y', i)}`)}}

// (x - b).v
fn less_bias_dot(x: State, v: State) -> Real {
${sum((i) => `(${at('x', i)} - ${b(i)}) * ${at('v', i)}`)}}

// b.v
fn bias_dot(v: State) -> Real {
${sum((i) => `${b(i)} * ${at('v', i)}`)}}

`;
}
