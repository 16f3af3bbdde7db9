/**
 * Matrices that do not depend on the state (W, W^T, R, W^-1) as WGSL functions `name(x: State) -> State`.
 * A matrix is a list of blocks; what no block covers costs nothing. In registers every product is unrolled; in
 * the workspace a block is stored in strips of eight rows, so that eight outputs share each load of x.
 */
import type { Matrix, WeightBlock } from '../types.js';
import type { Form, Range } from './form.js';
import { u32 } from './literal.js';
import type { NumberStore, Run } from './numbers.js';

/** Rows of a strip: eight accumulators fit the registers of every device tried (performance.md 3). */
const STRIP = 8;

export function transposed(blocks: readonly WeightBlock[]): WeightBlock[] {
  return blocks.map(({ row, column, matrix: { rows, columns, data } }) => {
    const flipped = new Float64Array(rows * columns);
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) flipped[j * rows + i] = data[i * columns + j];
    return { row: column, column: row, matrix: { rows: columns, columns: rows, data: flipped } };
  });
}

export const wholeBlock = (matrix: Matrix): WeightBlock[] => [{ row: 0, column: 0, matrix }];

/** WGSL of `fn name(x: State) -> State`, the product of the blocks' matrix with x. */
export function operator(
  name: string,
  blocks: readonly WeightBlock[],
  n: number,
  form: Form,
  numbers: NumberStore,
): string {
  const body = form.kind === 'registers' ? unrolled(blocks, n, form, numbers) : strips(blocks, numbers);
  return `fn ${name}(x: State) -> State {\n${body}}\n\n`;
}

/** Every entry (i, j, value expression) that may be non-zero. */
function entries(blocks: readonly WeightBlock[], n: number, numbers: NumberStore): string[][] {
  const terms: string[][] = Array.from({ length: n }, () => []);
  for (const { row, column, matrix } of blocks) {
    const run: Run = numbers.add(matrix.data);
    for (let i = 0; i < matrix.rows; i++)
      for (let j = 0; j < matrix.columns; j++) {
        const at = i * matrix.columns + j;
        if (run.known?.[at] !== 0) terms[row + i].push(`${run.at(at)} * x[${String(column + j)}]`);
      }
  }
  return terms;
}

function unrolled(blocks: readonly WeightBlock[], n: number, form: Form, numbers: NumberStore): string {
  const terms = entries(blocks, n, numbers);
  const all: Range = { offset: 0, size: n };
  return form.build([{ range: all, before: '', term: (i) => terms[Number(i)].join(' + ') || '0.0' }]);
}

function strips(blocks: readonly WeightBlock[], numbers: NumberStore): string {
  return `  let out = zero_state();\n${blocks.map((block) => strip(block, numbers)).join('')}  return out;\n`;
}

function strip({ row, column, matrix }: WeightBlock, numbers: NumberStore): string {
  const { base } = numbers.add(packStrips(matrix));
  const { rows, columns } = matrix;
  const lanes = Array.from({ length: STRIP }, (_, k) => String(k));
  return `  for (var strip = 0u; strip < ${u32(rows)}; strip += ${u32(STRIP)}) {
${lanes.map((k) => `    var sum${k} = 0.0;`).join('\n')}
    for (var j = 0u; j < ${u32(columns)}; j++) {
      let at = ${u32(base)} + strip * ${u32(columns)} + j * ${u32(STRIP)};
      let value = load(x, ${u32(column)} + j);
${lanes.map((k) => `      sum${k} += numbers[at + ${k}u] * value;`).join('\n')}
    }
${lanes.map((k) => `    accumulate(out, ${u32(row)} + strip + ${k}u, ${u32(row + rows)}, sum${k});`).join('\n')}
  }
`;
}

/** [strip][column][8 rows], rows padded with zeros. */
function packStrips({ rows, columns, data }: Matrix): Float32Array {
  const packed = new Float32Array(Math.ceil(rows / STRIP) * STRIP * columns);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++)
      packed[Math.floor(i / STRIP) * STRIP * columns + j * STRIP + (i % STRIP)] = data[i * columns + j];
  return packed;
}

/** x.W x: half of the products where W is symmetric (performance.md 2.1). */
export function quadraticForm(
  blocks: readonly WeightBlock[],
  symmetric: boolean,
  form: Form,
  numbers: NumberStore,
): string {
  const open = 'fn weights_form(x: State) -> f32 {\n';
  if (form.kind === 'workspace' || !symmetric)
    return `${open}  return dot_state(x, weights_apply(x));\n}\n\n`;
  // Blocks of a symmetric W may lie on both sides of the diagonal: the lower triangle stands for both.
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
  const sum = [...rows].map(([i, terms]) => `x[${String(i)}] * (${terms.join(' + ')})`).join(' + ');
  return `${open}  return 2.0 * (${sum || '0.0'});\n}\n\n`;
}

/** The diagonal counts half and the whole sum twice, so that no entry can overflow by being doubled. */
const weight = (row: number, column: number, columns: number, at: number) =>
  column + (at % columns) === row + Math.floor(at / columns) ? 0.5 : 1;
