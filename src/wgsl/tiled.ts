/**
 * Operators in the workspace: loops over tiles of 4 x 4 entries (shaders/state/quad.wgsl), two tiles high, so that a
 * load of four neurons serves eight rows and a load of a tile serves four points. Each block is packed once: A x,
 * A^T x and x.A x read the same tiles, and so do both factors of a pattern term.
 */
import type { Matrix, PatternTerm, WeightBlock } from '../types.js';
import { loop } from './form.js';
import { u32 } from './literal.js';
import type { NumberStore } from './numbers.js';
import type { OperatorText } from './operators.js';

/** Rows of a strip: two tiles. Measured against one and four (docs/kernels.md). */
const STRIP = 8;
const TILE = 4;

const tilesAcross = (columns: number) => Math.ceil(columns / TILE);

/** [strip][tile of the strip's columns][upper, lower tile][row][column], padded with zeros. */
export function packTiles({ rows, columns, data }: Matrix): Float32Array<ArrayBuffer> {
  const across = tilesAcross(columns);
  const packed = new Float32Array(Math.ceil(rows / STRIP) * STRIP * across * TILE);
  for (let i = 0; i < rows; i++) {
    const row = (i >> 3) * across * 32 + ((i >> 2) & 1) * 16 + (i & 3) * 4;
    for (let j = 0; j < columns; j++) packed[row + (j >> 2) * 32 + (j & 3)] = data[i * columns + j];
  }
  return packed;
}

/** A block, the WGSL name of its tiles, and its last row and column in the state. */
interface Tiled {
  readonly name: string;
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
  readonly lastRow: string;
  readonly lastColumn: string;
}

const position = ({ columns }: Tiled) => `row / 4u * ${u32(tilesAcross(columns))} + column / 2u`;

/** Adds to upper and lower what columns `from` to `to` contribute to eight rows of A x. */
const forward = (b: Tiled, from: string, to: string) => `
    for (var column = ${from}; column < ${to}; column += 4u) {
      let at = ${position(b)};
      let v = load_quad(x, ${u32(b.column)} + column, ${b.lastColumn});
      upper += v * ${b.name}(at);
      lower += v * ${b.name}(at + 1u);
    }`;

const rowStrips = (b: Tiled, body: string) => `  for (var row = 0u; row < ${u32(b.rows)}; row += 8u) {
    var upper = Quad();
    var lower = Quad();${body}
  }
`;

/** A x of one block; `put` is `store_quad` or `add_quad`. */
const product = (b: Tiled, put: string) =>
  rowStrips(
    b,
    `${forward(b, '0u', u32(b.columns))}
    ${put}(out, ${u32(b.row)} + row, ${b.lastRow}, upper);
    ${put}(out, ${u32(b.row)} + row + 4u, ${b.lastRow}, lower);`,
  );

/**
 * A^T x of one block, eight columns at a time. With an odd number of tiles across, the last `lower` is made of what
 * happens to follow: it lies past the last column and is dropped.
 */
const transposedProduct = (b: Tiled, put: string) =>
  `  for (var column = 0u; column < ${u32(b.columns)}; column += 8u) {
    var upper = Quad();
    var lower = Quad();
    for (var row = 0u; row < ${u32(b.rows)}; row += 8u) {
      let at = ${position(b)};
      let v = load_quad(x, ${u32(b.row)} + row, ${b.lastRow});
      let w = load_quad(x, min(${u32(b.row)} + row + 4u, ${b.lastRow}), ${b.lastRow});
      upper += v * transpose(${b.name}(at)) + w * transpose(${b.name}(at + 1u));
      lower += v * transpose(${b.name}(at + 2u)) + w * transpose(${b.name}(at + 3u));
    }
    ${put}(out, ${u32(b.column)} + column, ${b.lastColumn}, upper);
    ${put}(out, ${u32(b.column)} + column + 4u, ${b.lastColumn}, lower);
  }
`;

/** Adds scale F^T F x: for eight patterns at a time F x is held in registers, so K may be any number. */
const patternProduct = (b: Tiled, scale: string) =>
  rowStrips(
    b,
    `${forward(b, '0u', u32(b.columns))}
    upper *= ${scale};
    lower *= ${scale};
    for (var column = 0u; column < ${u32(b.columns)}; column += 4u) {
      let at = ${position(b)};
      add_quad(out, column, ${b.lastColumn}, upper * transpose(${b.name}(at)) + lower * transpose(${b.name}(at + 1u)));
    }`,
  );

const patternForm = (b: Tiled, scale: string) =>
  rowStrips(
    b,
    `${forward(b, '0u', u32(b.columns))}
    sum += ${scale} * (dot_quad(upper, upper) + dot_quad(lower, lower));`,
  );

/** x.A x of one block: whole, twice (a block below the diagonal, for itself and its mirror image), or by half. */
const blockForm = (b: Tiled, how: 'whole' | 'twice' | 'half') =>
  rowStrips(
    b,
    `${
      how === 'half'
        ? `${forward(b, '0u', 'row')}
    upper *= 2.0;
    lower *= 2.0;${forward(b, 'row', `min(row + 8u, ${u32(b.columns)})`)}`
        : forward(b, '0u', u32(b.columns))
    }
    let above = dot_quad(load_quad(x, ${u32(b.row)} + row, ${b.lastRow}), upper);
    let below = dot_quad(load_quad(x, min(${u32(b.row)} + row + 4u, ${b.lastRow}), ${b.lastRow}), lower);
    sum += ${how === 'twice' ? '2.0 * ' : ''}(above + below);`,
  );

/** How a block of a symmetric A counts, the lower triangle standing for both; nothing where it cannot be told by blocks. */
function share({ row, column, matrix }: WeightBlock): 'half' | 'twice' | 'none' | undefined {
  if (row >= column + matrix.columns) return 'twice';
  if (column >= row + matrix.rows) return 'none';
  return row === column && matrix.rows === matrix.columns ? 'half' : undefined;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Which of the spans touch none before them, and what of 0 .. n those leave uncovered. */
export function firstWriters(spans: readonly Span[], n: number): { first: boolean[]; gaps: Span[] } {
  const first = spans.map((s, k) => spans.slice(0, k).every((t) => t.to <= s.from || s.to <= t.from));
  const gaps: Span[] = [];
  let end = 0;
  for (const { from, to } of [
    ...spans.filter((_, k) => first[k]).sort((a, b) => a.from - b.from),
    { from: n, to: n },
  ]) {
    if (from > end) gaps.push({ from: end, to: from });
    end = to;
  }
  return { first, gaps };
}

export function tiledOperators(n: number, numbers: NumberStore): OperatorText {
  const names = new Map<Matrix, string>();
  const tiled = ({ row, column, matrix }: WeightBlock): Tiled => {
    const { rows, columns } = matrix;
    const tiles = Math.ceil(rows / STRIP) * 2 * tilesAcross(columns);
    const name = names.get(matrix) ?? numbers.addTiles(tiles, () => packTiles(matrix));
    names.set(matrix, name);
    const [lastRow, lastColumn] = [u32(row + rows - 1), u32(column + columns - 1)];
    return { name, row, column, rows, columns, lastRow, lastColumn };
  };
  const pattern = ({ factor, scale }: PatternTerm) => ({
    block: tiled({ row: 0, column: 0, matrix: factor }),
    scale: numbers.add([scale]).at(0),
  });
  /** Blocks that are the first to write their neurons store, others add; what none stores starts at 0. */
  const operator = (
    name: string,
    blocks: readonly Tiled[],
    spans: readonly Span[],
    text: (b: Tiled, put: string) => string,
    patterns: readonly PatternTerm[],
  ) => {
    const { first, gaps } = firstWriters(spans, n);
    return `fn ${name}(x: State) -> State {
  let out = fresh();
${gaps.map(({ from, to }) => loop({ offset: from, size: to - from }, 'store(out, i, Real());')).join('')}${blocks
      .map((b, k) => text(b, first[k] ? 'store_quad' : 'add_quad'))
      .join('')}${patterns
      .map(pattern)
      .map(({ block, scale }) => patternProduct(block, scale))
      .join('')}  return out;
}

`;
  };
  return {
    apply: (name, { weights, patterns }) =>
      operator(
        name,
        weights.map(tiled),
        weights.map(({ row, matrix }) => ({ from: row, to: row + matrix.rows })),
        product,
        patterns,
      ),
    transposed: (name, { weights, patterns }) =>
      operator(
        name,
        weights.map(tiled),
        weights.map(({ column, matrix }) => ({ from: column, to: column + matrix.columns })),
        transposedProduct,
        patterns,
      ),
    form: (name, { weights, patterns }, symmetric) => {
      const shares = weights.map(share);
      const byHalves = symmetric && shares.every((s) => s !== undefined);
      const parts = weights.map((block, k) => {
        const how = byHalves ? shares[k] : 'whole';
        return how === 'none' ? '' : blockForm(tiled(block), how);
      });
      const squares = patterns.map(pattern).map(({ block, scale }) => patternForm(block, scale));
      return `fn ${name}(x: State) -> Real {
  var sum = Real();
${parts.join('')}${squares.join('')}  return sum;
}

`;
    },
  };
}
