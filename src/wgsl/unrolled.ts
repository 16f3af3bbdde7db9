/**
 * Operators in registers (N <= 32): every product is written out, zeros of a text are left out. Few patterns stay
 * factors (2 K N products), more are expanded to N x N.
 */
import type { PatternTerm, WeightBlock } from '../types.js';
import { registers, type Range } from './form.js';
import type { NumberStore } from './numbers.js';
import type { Operator, OperatorText } from './operators.js';

function transposeBlock({ row, column, matrix: { rows, columns, data } }: WeightBlock): WeightBlock {
  const flipped = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) flipped[j * rows + i] = data[i * columns + j];
  return { row: column, column: row, matrix: { rows: columns, columns: rows, data: flipped } };
}

function expand({ factor: { rows, columns, data }, scale }: PatternTerm): WeightBlock {
  const product = new Float64Array(columns * columns);
  for (let k = 0; k < rows; k++)
    for (let i = 0; i < columns; i++)
      for (let j = 0; j < columns; j++)
        product[i * columns + j] += scale * data[k * columns + i] * data[k * columns + j];
  return { row: 0, column: 0, matrix: { rows: columns, columns, data: product } };
}

/** The same operator with patterns in whichever form takes fewer products. */
function cheapest({ weights, patterns }: Operator, n: number): Operator {
  const inFactors = (term: PatternTerm) => 2 * term.factor.rows < n;
  return {
    weights: [...weights, ...patterns.filter((term) => !inFactors(term)).map(expand)],
    patterns: patterns.filter(inFactors),
  };
}

const times = (values: readonly string[], otherwise = '0.0') => values.join(' + ') || otherwise;

/** F x as statements, one name for each pattern; `back(i, k)` is the entry F_ki. */
function features({ factor }: PatternTerm, prefix: string, numbers: NumberStore) {
  const run = numbers.add(factor.data);
  const names = Array.from({ length: factor.rows }, (_, k) => `${prefix}_${String(k)}`);
  const text = names.map((name, k) => {
    const products = Array.from({ length: factor.columns }, (_, j) => j)
      .filter((j) => run.known?.[k * factor.columns + j] !== 0)
      .map((j) => `${run.at(k * factor.columns + j)} * x[${String(j)}]`);
    return `  let ${name} = ${times(products)};\n`;
  });
  return { names, text: text.join(''), back: (i: number, k: number) => run.at(k * factor.columns + i) };
}

export function unrolledOperators(n: number, numbers: NumberStore): OperatorText {
  const all: Range = { offset: 0, size: n };

  const product = (name: string, { weights, patterns }: Operator) => {
    const terms: string[][] = Array.from({ length: n }, () => []);
    for (const { row, column, matrix } of weights) {
      const run = numbers.add(matrix.data);
      for (let i = 0; i < matrix.rows; i++)
        for (let j = 0; j < matrix.columns; j++) {
          const at = i * matrix.columns + j;
          if (run.known?.[at] !== 0) terms[row + i].push(`${run.at(at)} * x[${String(column + j)}]`);
        }
    }
    const before = patterns.map((term, p) => {
      const scale = numbers.add([term.scale]).at(0);
      const { names, text, back } = features(term, `f${String(p)}`, numbers);
      terms.forEach((sum, i) =>
        sum.push(`${scale} * (${names.map((f, k) => `${back(i, k)} * ${f}`).join(' + ')})`),
      );
      return text;
    });
    const body = registers.build([
      { range: all, before: before.join(''), term: (i) => times(terms[Number(i)]) },
    ]);
    return `fn ${name}(x: State) -> State {\n${body}}\n\n`;
  };

  return {
    apply: (name, operator) => product(name, cheapest(operator, n)),
    transposed: (name, operator) => {
      const { weights, patterns } = cheapest(operator, n);
      return product(name, { weights: weights.map(transposeBlock), patterns });
    },
    form: (name, operator, symmetric) => {
      const open = `fn ${name}(x: State) -> Real {\n`;
      if (!symmetric) return `${open}  return dot_state(x, weights_apply(x));\n}\n\n`;
      const { weights, patterns } = cheapest(operator, n);
      const squares = patterns.map((term, p) => {
        const scale = numbers.add([term.scale]).at(0);
        const { names, text } = features(term, `f${String(p)}`, numbers);
        return { text, sum: ` + ${scale} * (${names.map((f) => `${f} * ${f}`).join(' + ')})` };
      });
      const half = `2.0 * (${times(triangle(weights, numbers))})`;
      return `${open}${squares.map(({ text }) => text).join('')}  return ${half}${squares.map(({ sum }) => sum).join('')};\n}\n\n`;
    },
  };
}

/** Terms of half of x.A x. Blocks of a symmetric A may lie on both sides of the diagonal: the lower triangle stands for both. */
function triangle(blocks: readonly WeightBlock[], numbers: NumberStore): string[] {
  const rows = new Map<number, string[]>();
  for (const { row, column, matrix } of blocks) {
    const run = numbers.add(matrix.data.map((w, at) => w * weight(row, column, matrix.columns, at)));
    for (let at = 0; at < matrix.data.length; at++) {
      const i = row + Math.floor(at / matrix.columns);
      const j = column + (at % matrix.columns);
      if (j > i || run.known?.[at] === 0) continue;
      rows.set(i, [...(rows.get(i) ?? []), `${run.at(at)} * x[${String(j)}]`]);
    }
  }
  return [...rows].map(([i, terms]) => `x[${String(i)}] * (${terms.join(' + ')})`);
}

/** The diagonal counts half and the whole sum twice, so that no entry can overflow by being doubled. */
const weight = (row: number, column: number, columns: number, at: number) =>
  column + (at % columns) === row + Math.floor(at / columns) ? 0.5 : 1;
