/**
 * From rows of the activation table to functions of a whole state: L, g, H v, the diagonal of H, the dead
 * count and the alive mask. Every expression of a row becomes one small WGSL function; the lift calls it per
 * neuron, in either form of State. Nothing here knows any activation by name.
 */
import { activationRow, type Activation, type Step } from '../model/activation.js';
import type { Layer } from '../types.js';
import type { Form } from './form.js';
import { f32, u32 } from './literal.js';
import type { NumberStore } from './numbers.js';

/** Neurons whose factors (at most 2 each) share one logarithm: 2^16 is far from overflow. */
const FACTORS_PER_LOGARITHM = 16;

/** A layer with its row, its prefix for WGSL names and its parameter expressions. */
interface Lifted {
  readonly layer: Layer;
  readonly row: Activation;
  readonly prefix: string;
  readonly parameters: readonly string[];
}

const identifier = (name: string) => name.replaceAll('-', '_');

/** Arguments of a function of a row: what differs between neurons and points, and the model's numbers. */
interface Signature {
  readonly inputs: readonly string[];
  readonly constants: readonly string[];
  readonly steps: readonly string[];
}

const signature = (row: Activation, inputs: readonly string[], steps: readonly Step[]): Signature => ({
  inputs,
  constants: [...(row.kind === 'blockwise' ? ['size'] : []), ...Object.keys(row.parameters)],
  steps: steps.map((s) => s.name),
});

/** WGSL of the function `name` of one number for each argument. */
const define = (name: string, { inputs, constants, steps }: Signature, of: string) =>
  `fn ${name}(${[...inputs, ...constants, ...steps].map((a) => `${a}: f32`).join(', ')}) -> f32 {\n  return ${of};\n}\n\n`;

/** The same at four points: the scalar function under another name, and one that calls it for each of them. */
function defineFour(name: string, of: Signature, expression: string): string {
  const { inputs, constants, steps } = of;
  const one = `one_${name}`;
  const types = [
    ...inputs.map((a) => `${a}: Real`),
    ...constants.map((a) => `${a}: f32`),
    ...steps.map((a) => `${a}: Real`),
  ];
  const at = (k: string) =>
    call(one, [...inputs.map((a) => `${a}.${k}`), ...constants, ...steps.map((a) => `${a}.${k}`)]);
  const value = inputs.length + steps.length === 0 ? at('x') : ['x', 'y', 'z', 'w'].map(at).join(', ');
  return `${define(one, of, expression)}fn ${name}(${types.join(', ')}) -> Real {\n  return Real(${value});\n}\n\n`;
}

/** The functions of one row. */
function rowFunctions(name: string, row: Activation, form: Form): string {
  const prefix = identifier(name);
  const lift = form.kind === 'registers' ? define : defineFour;
  if (row.kind === 'elementwise') {
    const args = signature(row, ['x'], []);
    const { lagrangian, activation, hessian, logarithm } = row.wgsl;
    return (
      lift(`${prefix}_lagrangian`, args, lagrangian) +
      lift(`${prefix}_activation`, args, activation) +
      lift(`${prefix}_hessian`, args, hessian) +
      (logarithm
        ? lift(`${prefix}_plain`, args, logarithm.plain) +
          lift(`${prefix}_factor`, args, logarithm.factor) +
          lift(`${prefix}_scale`, signature(row, [], []), logarithm.scale)
        : '')
    );
  }
  const { steps, lagrangian, activation, hessianApply, hessianDiagonal, deadCount } = row.wgsl;
  const stepFunctions = (
    group: string,
    inputs: readonly string[],
    before: readonly Step[],
    own: readonly Step[],
  ) =>
    own
      .map((step, i) => {
        const seen = [...before, ...own.slice(0, i)];
        return (
          lift(`${group}_${step.name}`, signature(row, step.how === 'let' ? [] : inputs, seen), step.of) +
          (step.how === 'max'
            ? lift(`${group}_${step.name}_from`, signature(row, [], seen), step.from ?? '0.0')
            : '')
        );
      })
      .join('');
  return (
    stepFunctions(prefix, ['x'], [], steps) +
    lift(`${prefix}_lagrangian`, signature(row, [], steps), lagrangian) +
    lift(`${prefix}_activation`, signature(row, ['x'], steps), activation) +
    stepFunctions(`${prefix}_apply`, ['x', 'g', 'v'], steps, hessianApply.steps) +
    lift(
      `${prefix}_hessian_apply`,
      signature(row, ['x', 'g', 'v'], [...steps, ...hessianApply.steps]),
      hessianApply.of,
    ) +
    lift(`${prefix}_hessian_diagonal`, signature(row, ['x', 'g'], steps), hessianDiagonal) +
    stepFunctions(`${prefix}_dead`, ['x', 'g'], steps, deadCount.steps) +
    lift(`${prefix}_dead_count`, signature(row, [], [...steps, ...deadCount.steps]), deadCount.of)
  );
}

/** WGSL of `activation`, `lagrangian`, `hessian_apply`, `hessian_diagonal`, `dead_count` and `alive_mask`. */
export function liftLayers(layers: readonly Layer[], form: Form, numbers: NumberStore): string {
  const lifted = layers.map((layer): Lifted => {
    const row = activationRow(layer.activation.name);
    const names = Object.keys(row.parameters);
    const run = numbers.add(names.map((name) => layer.activation.parameters[name]));
    return {
      layer,
      row,
      prefix: identifier(layer.activation.name),
      parameters: [...(row.kind === 'blockwise' ? [f32(layer.size)] : []), ...names.map((_, i) => run.at(i))],
    };
  });
  const names = new Map(layers.map((l) => [l.activation.name, activationRow(l.activation.name)]));
  return [...names].map(([name, row]) => rowFunctions(name, row, form)).join('') + lifts(lifted, form);
}

const call = (name: string, ...args: readonly (readonly string[])[]) => `${name}(${args.flat().join(', ')})`;

function lifts(lifted: readonly Lifted[], form: Form): string {
  const element = (state: string, index: string) => form.element(state, index);
  /** Statements that compute the steps of a blockwise layer, and the names they leave. */
  const run = (
    l: Lifted,
    group: string,
    own: readonly Step[],
    before: readonly string[],
    inputs: (i: string) => string[],
  ) => {
    const seen = [...before];
    let text = '';
    for (const step of own) {
      const name = `s${String(l.layer.offset)}_${step.name}`;
      const rest = [...l.parameters, ...seen];
      text +=
        step.how === 'let'
          ? `  let ${name} = ${call(`${group}_${step.name}`, rest)};\n`
          : form.reduce(
              name,
              step.how,
              step.how === 'max' ? call(`${group}_${step.name}_from`, rest) : '0.0',
              l.layer,
              (i) => call(`${group}_${step.name}`, inputs(i), rest),
            );
      seen.push(name);
    }
    return { text, seen };
  };
  const steps = (l: Lifted, state: string) =>
    l.row.kind === 'blockwise'
      ? run(l, l.prefix, l.row.wgsl.steps, [], (i) => [element(state, i)])
      : { text: '', seen: [] };

  const activation = form.build(
    lifted.map((l) => {
      const { text, seen } = steps(l, 'x');
      return {
        range: l.layer,
        before: text,
        term: (i) => call(`${l.prefix}_activation`, [element('x', i)], l.parameters, seen),
      };
    }),
  );

  const lagrangian = lifted
    .map((l) => {
      const sum = `l${String(l.layer.offset)}`;
      const x = (i: string) => [element('x', i)];
      if (l.row.kind === 'blockwise') {
        const { text, seen } = steps(l, 'x');
        return `${text}  total += ${call(`${l.prefix}_lagrangian`, l.parameters, seen)};\n`;
      }
      if (l.row.wgsl.logarithm) return logarithms(l, sum, form);
      const term = (i: string) => call(`${l.prefix}_lagrangian`, x(i), l.parameters);
      return `${form.reduce(sum, 'sum', '0.0', l.layer, term)}  total += ${sum};\n`;
    })
    .join('');

  const hessianApply = form.build(
    lifted.map((l) => {
      if (l.row.kind === 'elementwise')
        return {
          range: l.layer,
          before: '',
          term: (i) =>
            `${call(`${l.prefix}_hessian`, [element('p.x', i)], l.parameters)} * ${element('v', i)}`,
        };
      const inputs = (i: string) => [element('p.x', i), element('p.g', i), element('v', i)];
      const own = steps(l, 'p.x');
      const applied = run(l, `${l.prefix}_apply`, l.row.wgsl.hessianApply.steps, own.seen, inputs);
      return {
        range: l.layer,
        before: own.text + applied.text,
        term: (i) => call(`${l.prefix}_hessian_apply`, inputs(i), l.parameters, applied.seen),
      };
    }),
  );

  const hessianDiagonal = form.build(
    lifted.map((l) => {
      const { text, seen } = steps(l, 'p.x');
      const inputs = (i: string) =>
        l.row.kind === 'elementwise' ? [element('p.x', i)] : [element('p.x', i), element('p.g', i)];
      const name = l.row.kind === 'elementwise' ? `${l.prefix}_hessian` : `${l.prefix}_hessian_diagonal`;
      return { range: l.layer, before: text, term: (i) => call(name, inputs(i), l.parameters, seen) };
    }),
  );

  const deadCount = lifted
    .map((l) => {
      if (l.row.kind === 'elementwise') {
        const sum = `d${String(l.layer.offset)}`;
        const term = (i: string) =>
          `is_dead(${call(`${l.prefix}_hessian`, [element('p.x', i)], l.parameters)})`;
        return `${form.reduce(sum, 'sum', '0.0', l.layer, term)}  total += ${sum};\n`;
      }
      const own = steps(l, 'p.x');
      const counted = run(l, `${l.prefix}_dead`, l.row.wgsl.deadCount.steps, own.seen, (i) => [
        element('p.x', i),
        element('p.g', i),
      ]);
      return `${own.text}${counted.text}  total += ${call(`${l.prefix}_dead_count`, l.parameters, counted.seen)};\n`;
    })
    .join('');

  const whole = { offset: 0, size: lifted.reduce((n, l) => n + l.layer.size, 0) };
  const mask = form.build([{ range: whole, before: '', term: (i) => `1.0 - is_dead(${element('d', i)})` }]);
  const scalar = (body: string) => `  var total = Real();\n${body}  return total;\n`;
  return `${form.kind === 'workspace' ? defineFour('log1p_four', { inputs: ['x'], constants: [], steps: [] }, 'log1p(x)') : ''}fn activation(x: State) -> State {
${activation}}

fn lagrangian(x: State) -> Real {
${scalar(lagrangian)}}

fn hessian_apply(p: Point, v: State) -> State {
${hessianApply}}

fn hessian_diagonal(p: Point) -> State {
${hessianDiagonal}}

fn is_dead(h: Real) -> Real {
  return select(Real(), Real(1.0), abs(h) <= Real(1e-6));
}

fn dead_count(p: Point) -> Real {
${scalar(deadCount)}}

fn alive_mask(p: Point) -> State {
  let d = hessian_diagonal(p);
${mask}}
`;
}

/** Sum of `plain + scale log(factor)` with one logarithm for `FACTORS_PER_LOGARITHM` neurons. */
function logarithms(l: Lifted, sum: string, form: Form): string {
  const { prefix, parameters, layer } = l;
  const plain = (x: string) => call(`${prefix}_plain`, [x], parameters);
  const factor = (x: string) => call(`${prefix}_factor`, [x], parameters);
  const scale = call(`${prefix}_scale`, parameters);
  const end = layer.offset + layer.size;
  if (form.kind === 'registers') {
    const groups: string[] = [];
    for (let i = layer.offset; i < end; i += FACTORS_PER_LOGARITHM) {
      const factors = Array.from({ length: Math.min(FACTORS_PER_LOGARITHM, end - i) }, (_, k) =>
        factor(form.element('x', String(i + k))),
      );
      groups.push(`log1p(${factors.join(' * ')} - 1.0)`);
    }
    const sums = form.reduce(sum, 'sum', '0.0', layer, (i) => plain(form.element('x', i)));
    return `${sums}  total += ${sum};\n  total += ${scale} * (${groups.join(' + ')});\n`;
  }
  return `  for (var first = ${u32(layer.offset)}; first < ${u32(end)}; first += ${u32(FACTORS_PER_LOGARITHM)}) {
    var product = Real(1.0);
    for (var i = first; i < min(first + ${u32(FACTORS_PER_LOGARITHM)}, ${u32(end)}); i++) {
      let value = ${form.element('x', 'i')};
      total += ${plain('value')};
      product *= ${factor('value')};
    }
    total += ${scale} * log1p_four(product - 1.0);
  }
`;
}
