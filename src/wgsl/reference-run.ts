/** What `prepareReference` loads: the text of energy differences, and the numbers it reads, for the layers of a problem. */
import { loadAlgebra } from '../model/algebra.js';
import { Differences } from '../model/difference.js';
import type { LayerDifference } from '../model/difference-layers.js';
import type { Problem } from '../model/problem.js';
import { REGISTER_LIMIT } from './lanes.js';
import type { Fragment } from './functions.js';
import type { Reference } from './reference.js';

const files = import.meta.glob('../../shaders/difference/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** The numbers of a text, in the order in which it asks for them. */
class Numbers {
  readonly values: number[] = [];

  /** WGSL of a number that is new. */
  add(value: number): string {
    this.values.push(value);
    return `constant(${String(this.values.length - 1)})`;
  }
}

export async function referenceOf(problem: Problem, given: Float64Array): Promise<Reference> {
  const state = Float64Array.from(given);
  const differences = new Differences(problem, state, await loadAlgebra());
  const { energy } = differences;
  if (problem.network.size > REGISTER_LIMIT)
    return { state, energy, numbers: new Float64Array(), fragments: [] };
  const numbers = new Numbers();
  const code = sum(differences, numbers) + change(differences, numbers) + plusReference(state, numbers);
  return {
    state,
    energy,
    fragments: [{ name: 'generated for a reference', code }, ...differenceFragments(problem)],
    numbers: Float64Array.from(numbers.values),
  };
}

/** All of shaders/difference but the family of terms of the other equation. */
function differenceFragments({ equation }: Problem): Fragment[] {
  const other = equation === 9 ? 'preconditioned' : 'firing-rate';
  return Object.entries(files)
    .map(([path, code]) => ({ name: path.replace('../../', ''), code: String(code) }))
    .filter(({ name }) => name !== `shaders/difference/${other}.wgsl`);
}

function sum({ problem, gradient, second }: Differences, numbers: Numbers): string {
  const dot = (factors: Float64Array, state: string) =>
    Array.from(factors, (factor, i) => `${numbers.add(factor)} * ${state}[${String(i)}]`).join(' + ');
  const terms = problem.energy.coefficients
    .map((c, k) => (c === 0 ? '' : `  e += ${numbers.add(c)} * difference_${String(k + 1)}(d, x, c);\n`))
    .join('');
  return `fn energy_difference(d: State) -> Real {
  let x = difference_argument(d);
  let c = change(x);
  var e = ${dot(second, 'c.rest')};
${terms}  return e + (${dot(gradient, 'd')});
}

`;
}

function plusReference(state: Float64Array, numbers: Numbers): string {
  const sums = Array.from(state, (y, i) => `d[${String(i)}] + ${numbers.add(y)}`);
  return `fn plus_reference(d: State) -> State {\n  return State(${sums.join(', ')});\n}\n`;
}

/** Statements of a layer, and the parts of `Change` that it contributes. */
interface LayerText {
  readonly statements: string;
  readonly g: readonly string[];
  readonly rest: readonly string[];
  readonly lagrangian: readonly string[];
  readonly moment: readonly string[];
}

function change({ layers }: Differences, numbers: Numbers): string {
  const texts = layers.map(({ offset, layer }) => FAMILIES[layer.family](layer, offset, numbers));
  const all = (part: (text: LayerText) => readonly string[]) => texts.flatMap(part);
  return `fn change(x: State) -> Change {
${texts.map(({ statements }) => statements).join('')}  return Change(
    State(${all((t) => t.g).join(', ')}),
    State(${all((t) => t.rest).join(', ')}),
    ${all((t) => t.lagrangian).join(' + ')},
    ${all((t) => t.moment).join(' + ')});
}

`;
}

/** A statement for each neuron, that leaves a NeuronChange. */
function neurons(
  { constants }: LayerDifference,
  offset: number,
  numbers: Numbers,
  value: (x: string, constants: readonly string[]) => string,
): LayerText {
  const names = constants.map((_, i) => `c${String(offset + i)}`);
  const statements = constants.map((own, i) => {
    const x = `x[${String(offset + i)}]`;
    return `  let ${names[i]} = ${value(
      x,
      own.map((c) => numbers.add(c)),
    )};\n`;
  });
  const part = (name: string) => names.map((c) => `${c}.${name}`);
  return {
    statements: statements.join(''),
    g: part('g'),
    rest: part('rest'),
    lagrangian: part('lagrangian'),
    moment: part('moment'),
  };
}

type Family = (layer: LayerDifference, offset: number, numbers: Numbers) => LayerText;

const FAMILIES: Readonly<Record<LayerDifference['family'], Family>> = {
  cells: (layer, offset, numbers) =>
    neurons(layer, offset, numbers, (x, [slope, ...kinks]) => {
      const [first = 'NO_KINK', second = 'NO_KINK'] = [0, 3]
        .filter((k) => k < kinks.length)
        .map((k) => `vec3f(${kinks.slice(k, k + 3).join(', ')})`);
      return `cells_change(${x}, ${slope}, ${first}, ${second})`;
    }),
  logistic: (layer, offset, numbers) =>
    neurons(layer, offset, numbers, (x, constants) => `logistic_change(${[x, ...constants].join(', ')})`),
  softplus: (layer, offset, numbers) =>
    neurons(layer, offset, numbers, (x, c) => {
      const [low, high] = [c.slice(3, 7).join(', '), c.slice(7, 10).join(', ')];
      return `softplus_change(${[x, ...c.slice(0, 3)].join(', ')}, vec4f(${low}), vec3f(${high}), ${c.slice(10).join(', ')})`;
    }),
  softmax: softmaxText,
};

/** Sums over the layer are written out; the last of them makes its changes (shaders/difference/softmax.wgsl). */
function softmaxText({ constants }: LayerDifference, offset: number, numbers: Numbers): LayerText {
  const n = constants.length;
  const each = (of: (i: number) => string) => Array.from({ length: n }, (_, i) => of(i));
  const name = (letter: string, i: number) => `${letter}${String(offset + i)}`;
  const [g, tops, logs] = [0, 1, 2].map((k) => constants.map((own) => numbers.add(own[k])));
  const beta = numbers.add(constants[0][3]);
  const s = `s${String(offset)}`;
  const line = (left: string, right: string) => `  let ${left} = ${right};\n`;
  const sumOf = (of: (i: number) => string) => each(of).join(' + ');
  const most = (of: (i: number) => string) => each(of).reduce((a, b) => `max(${a}, ${b})`);
  const [v, w, r, p, z, d] = ['v', 'w', 'r', 'p', 'z', 'd'].map((letter) => (i: number) => name(letter, i));
  const near = (i: number) => `${g[i]} * (${p(i)} - ${s}_sum) * ${s}_scale`;
  const far = (i: number) => `exp(${z(i)} - ${s}_most) * ${s}_share - ${g[i]}`;
  const bent = (i: number) => `${g[i]} * (${r(i)} - ${s}_sum - ${w(i)} * ${s}_sum) * ${s}_scale`;
  const statements = [
    line(
      `${s}_top`,
      sumOf((i) => `${tops[i]} * x[${String(offset + i)}]`),
    ),
    ...each((i) => line(v(i), `${beta} * (x[${String(offset + i)}] - ${s}_top)`)),
    line(
      `${s}_mean`,
      sumOf((i) => `${g[i]} * ${v(i)}`),
    ),
    ...each((i) => line(w(i), `${v(i)} - ${s}_mean`)),
    ...each((i) => line(r(i), `expm1_rest(${w(i)})`)),
    ...each((i) => line(p(i), `expm1_whole(${w(i)}, ${r(i)})`)),
    line(
      `${s}_sum`,
      sumOf((i) => `${g[i]} * ${r(i)}`),
    ),
    line(
      `${s}_squares`,
      sumOf((i) => `${g[i]} * ${w(i)} * ${p(i)}`),
    ),
    line(`${s}_scale`, `1.0 / (1.0 + ${s}_sum)`),
    // Where e^w ends, by the logarithms: nothing cancels there.
    line(`${s}_far`, `${most(w)} > FAR_OFFSET`),
    ...each((i) => line(z(i), `${logs[i]} + ${w(i)}`)),
    line(`${s}_most`, most(z)),
    line(
      `${s}_exponentials`,
      sumOf((i) => `exp(${z(i)} - ${s}_most)`),
    ),
    line(`${s}_share`, `1.0 / ${s}_exponentials`),
    ...each((i) => line(d(i), `select(${near(i)}, ${far(i)}, ${s}_far)`)),
    line(`${s}_lagrangian`, `select(log1p(${s}_sum), ${s}_most + log(${s}_exponentials), ${s}_far)`),
    line(
      `${s}_moment`,
      `select(${s}_squares * ${s}_scale, ${sumOf((i) => `${w(i)} * ${d(i)}`)}, ${s}_far) - ${s}_lagrangian`,
    ),
  ].join('');
  return {
    statements,
    g: each(d),
    rest: each((i) => `select(${bent(i)}, ${d(i)} - ${g[i]} * ${w(i)}, ${s}_far)`),
    lagrangian: [`${s}_lagrangian / ${beta}`],
    moment: [`${s}_moment / ${beta}`],
  };
}
