/**
 * Stored patterns as parts of W: terms scale F^T F with F of shape K x N. They are symmetric by construction, so nothing
 * is compared or symmetrised, and they are never expanded: each product takes 2 K N multiplications.
 */
import { describe, finiteNumber, FLOAT32_MAX, FLOAT32_MIN, refuse } from './check.js';
import type { PatternTerm } from '../types.js';

/** The numbers of all terms together take at most 512 MiB, like the largest dense W. */
export const MAX_PATTERN_NUMBERS = 2 ** 26;
/** Every term costs the kernels two loops. */
const MAX_TERMS = 64;

/**
 * Copies of the terms, checked.
 * @throws MemscapeError (exit 2) naming the element: a factor whose shape does not fit N = `size`, numbers that are not
 *   finite or overflow float32 (in W too), too many numbers.
 */
export function checkPatterns(given: readonly PatternTerm[], size: number): PatternTerm[] {
  const numbers = given.reduce((sum, { factor }) => sum + factor.data.length, 0);
  if (given.length > MAX_TERMS || numbers > MAX_PATTERN_NUMBERS) {
    const many = given.length > MAX_TERMS;
    refuse({
      code: 'model-size',
      path: 'patterns',
      expected: many
        ? `at most ${String(MAX_TERMS)} terms`
        : `at most ${String(MAX_PATTERN_NUMBERS)} numbers in all terms together`,
      found: String(many ? given.length : numbers),
      why: many ? 'every term costs the kernels two loops.' : 'more would take above 512 MiB.',
      mend: many ? 'join terms of the same scale: stack their rows' : 'keep fewer patterns',
    });
  }
  return given.map((term, index) => checkTerm(term, `patterns term ${String(index)}`, size));
}

function checkTerm({ factor, scale }: PatternTerm, path: string, size: number): PatternTerm {
  const { rows, columns, data } = factor;
  if (!Number.isSafeInteger(rows) || rows < 1 || columns !== size || data.length !== rows * columns) {
    refuse({
      code: 'model-shape',
      path: `${path} factor`,
      expected: `K x ${String(size)} numbers, K >= 1`,
      found: `${describe(rows)} x ${describe(columns)} with ${String(data.length)} numbers`,
      why: 'every pattern has one number for each neuron.',
      mend: 'give one pattern in each row',
    });
  }
  finiteNumber(scale, `${path} scale`);
  const copy = data.slice();
  for (let k = 0; k < copy.length; k++) {
    // One test for NaN, infinities and float32 overflow; the path is only made for a refusal.
    if (!(Math.abs(copy[k]) <= FLOAT32_MAX)) finiteNumber(copy[k], `${path} factor${indexOf(k, columns)}`);
  }
  const term = { factor: { rows, columns, data: copy }, scale };
  refuseOverflow(term, path);
  return term;
}

/** |W_ij| <= max W_ii for F^T F >= 0, so the diagonal decides whether W overflows float32. */
function refuseOverflow({ factor: { columns, data }, scale }: PatternTerm, path: string): void {
  const diagonal = new Float64Array(columns);
  for (let k = 0; k < data.length; k++) diagonal[k % columns] += Math.abs(scale) * data[k] * data[k];
  const i = diagonal.findIndex((value) => !(value <= FLOAT32_MAX));
  if (i < 0) return;
  refuse({
    code: 'model-float32',
    path,
    expected: `weights of at most ${String(FLOAT32_MAX)} in size`,
    found: `W[${String(i)}][${String(i)}] = ${String(Math.sign(scale) * diagonal[i])}`,
    why: 'W = scale F^T F would be infinite in float32, the numbers of the GPU.',
    mend: 'rescale the patterns',
  });
}

const indexOf = (k: number, columns: number) =>
  `[${String(Math.floor(k / columns))}][${String(k % columns)}]`;

/** Numbers of the terms that float32 turns into 0, by name, for notices. */
export function* flushedPatterns(
  terms: readonly PatternTerm[],
): Generator<readonly [string, number], undefined> {
  for (const [t, { factor, scale }] of terms.entries()) {
    const path = `patterns term ${String(t)}`;
    if (flushed(scale)) yield [`${path} scale`, scale];
    for (let k = 0; k < factor.data.length; k++)
      if (flushed(factor.data[k])) yield [`${path} factor${indexOf(k, factor.columns)}`, factor.data[k]];
  }
}

/** Whether float32 turns the number into 0: GPUs flush what is below the smallest normal number. */
export const flushed = (value: number): boolean => value !== 0 && Math.abs(value) < FLOAT32_MIN;

/** out += scale F^T (F x), pattern by pattern: nothing is allocated. */
export function addPatterns({ factor, scale }: PatternTerm, x: Float64Array, out: Float64Array): void {
  const { rows, columns, data } = factor;
  for (let k = 0; k < rows; k++) {
    let overlap = 0;
    for (let j = 0; j < columns; j++) overlap += data[k * columns + j] * x[j];
    overlap *= scale;
    for (let j = 0; j < columns; j++) out[j] += data[k * columns + j] * overlap;
  }
}
