/**
 * From rows of the activation table to functions of a whole state: L, g, H v, the diagonal of H, the dead
 * count and the alive mask. Every expression of a row becomes one small WGSL function; the lift calls it per
 * neuron, in either form of State. Nothing here knows any activation by name.
 */
import { activationRow, type Activation, type Step } from '../model/activation.js';
import type { Layer } from '../types.js';
import type { Form } from './form.js';
import { f32 } from './literal.js';
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

function signature(row: Activation, inputs: readonly string[], steps: readonly Step[]): string {
  const names = [
    ...inputs,
    ...(row.kind === 'blockwise' ? ['size'] : []),
    ...Object.keys(row.parameters),
    ...steps.map((s) => s.name),
  ];
  return names.map((name) => `${name}: f32`).join(', ');
}

const define = (name: string, args: string, of: string) =>
  `fn ${name}(${args}) -> f32 {\n  return ${of};\n}\n\n`;

/** The scalar functions of one row. */
function rowFunctions(name: string, row: Activation): string {
  const prefix = identifier(name);
  if (row.kind === 'elementwise') {
    const args = signature(row, ['x'], []);
    const { lagrangian, activation, hessian, logarithm } = row.wgsl;
    return (
      define(`${prefix}_lagrangian`, args, lagrangian) +
      define(`${prefix}_activation`, args, activation) +
      define(`${prefix}_hessian`, args, hessian) +
      (logarithm
        ? define(`${prefix}_plain`, args, logarithm.plain) +
          define(`${prefix}_factor`, args, logarithm.factor) +
          define(`${prefix}_scale`, signature(row, [], []), logarithm.scale)
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
          define(`${group}_${step.name}`, signature(row, step.how === 'let' ? [] : inputs, seen), step.of) +
          (step.how === 'max'
            ? define(`${group}_${step.name}_from`, signature(row, [], seen), step.from ?? '0.0')
            : '')
        );
      })
      .join('');
  return (
    stepFunctions(prefix, ['x'], [], steps) +
    define(`${prefix}_lagrangian`, signature(row, [], steps), lagrangian) +
    define(`${prefix}_activation`, signature(row, ['x'], steps), activation) +
    stepFunctions(`${prefix}_apply`, ['x', 'g', 'v'], steps, hessianApply.steps) +
    define(
      `${prefix}_hessian_apply`,
      signature(row, ['x', 'g', 'v'], [...steps, ...hessianApply.steps]),
      hessianApply.of,
    ) +
    define(`${prefix}_hessian_diagonal`, signature(row, ['x', 'g'], steps), hessianDiagonal) +
    stepFunctions(`${prefix}_dead`, ['x', 'g'], steps, deadCount.steps) +
    define(`${prefix}_dead_count`, signature(row, [], [...steps, ...deadCount.steps]), deadCount.of)
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
  return [...names].map(([name, row]) => rowFunctions(name, row)).join('') + lifts(lifted, form);
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
  const scalar = (body: string) => `  var total = 0.0;\n${body}  return total;\n`;
  return `fn activation(x: State) -> State {
${activation}}

fn lagrangian(x: State) -> f32 {
${scalar(lagrangian)}}

fn hessian_apply(p: Point, v: State) -> State {
${hessianApply}}

fn hessian_diagonal(p: Point) -> State {
${hessianDiagonal}}

fn is_dead(h: f32) -> f32 {
  return select(0.0, 1.0, abs(h) <= 1e-6);
}

fn dead_count(p: Point) -> f32 {
${scalar(deadCount)}}

fn alive_mask(p: Point) -> State {
  let d = hessian_diagonal(p);
${mask}}
`;
}

/** Sum of `plain + scale log(factor)` with one logarithm for `FACTORS_PER_LOGARITHM` neurons. */
function logarithms(l: Lifted, sum: string, form: Form): string {
  const { prefix, parameters, layer } = l;
  const plain = (i: string) => call(`${prefix}_plain`, [form.element('x', i)], parameters);
  const factor = (i: string) => call(`${prefix}_factor`, [form.element('x', i)], parameters);
  const scale = call(`${prefix}_scale`, parameters);
  const end = layer.offset + layer.size;
  let text = form.reduce(sum, 'sum', '0.0', layer, plain);
  text += `  total += ${sum};\n`;
  if (form.kind === 'registers') {
    const groups: string[] = [];
    for (let i = layer.offset; i < end; i += FACTORS_PER_LOGARITHM) {
      const factors = Array.from({ length: Math.min(FACTORS_PER_LOGARITHM, end - i) }, (_, k) =>
        factor(String(i + k)),
      );
      groups.push(`log1p(${factors.join(' * ')} - 1.0)`);
    }
    return `${text}  total += ${scale} * (${groups.join(' + ')});\n`;
  }
  const last = `i + 1u == ${String(end)}u || (i - ${String(layer.offset)}u) % ${String(FACTORS_PER_LOGARITHM)}u == ${String(FACTORS_PER_LOGARITHM - 1)}u`;
  return `${text}  var product${String(layer.offset)} = 1.0;
  for (var i = ${String(layer.offset)}u; i < ${String(end)}u; i++) {
    product${String(layer.offset)} *= ${factor('i')};
    if (${last}) {
      total += ${scale} * log1p(product${String(layer.offset)} - 1.0);
      product${String(layer.offset)} = 1.0;
    }
  }
`;
}
