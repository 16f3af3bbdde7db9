/**
 * `weights` given by stored patterns, the rows of P (K x N): W = P^T P / N (Hebb's rule, the diagonal included) or
 * W = P^+ P (the pseudo-inverse rule, the projector onto the patterns). Both are kept as factors F^T F: no N x N matrix
 * is made here or later.
 */
import { MemscapeError } from '../errors.js';
import { loadAlgebra } from '../model/algebra.js';
import { MAX_PATTERN_NUMBERS } from '../model/patterns.js';
import { readMatrix } from './array.js';
import type { StoredPatterns } from './hash.js';
import { readFields, readOneOf } from './read.js';
import type { OpenArray } from './stored.js';
import type { Matrix, PatternTerm } from '../types.js';

interface GivenPatterns {
  readonly patterns: readonly PatternTerm[];
  readonly stored: StoredPatterns;
  readonly notices: readonly string[];
}

/** `{ "patterns": P, "rule": .. }` for N = `size` neurons; K is what P has. */
export async function readPatterns(value: unknown, size: number, open: OpenArray): Promise<GivenPatterns> {
  const fields = readFields(value, 'weights', ['patterns', 'rule'], ['patterns', 'rule']);
  const why = 'hebbian is P^T P / N, pseudo-inverse is P^+ P, the projector onto the patterns.';
  const rule = readOneOf(fields.get('rule'), 'weights.rule', ['hebbian', 'pseudo-inverse'] as const, why);
  const meaning = `every pattern has one number for each of the ${String(size)} neurons`;
  const shape = { columns: size, meaning, limit: MAX_PATTERN_NUMBERS };
  const patterns = await readMatrix(fields.get('patterns'), 'weights.patterns', shape, open);
  const stored = { rule, patterns };
  if (rule === 'hebbian') return { patterns: [{ factor: patterns, scale: 1 / size }], stored, notices: [] };
  return { ...(await project(patterns)), stored };
}

async function project(patterns: Matrix): Promise<Omit<GivenPatterns, 'stored'>> {
  const factor = await basisOf(patterns);
  const notices =
    factor.rows < patterns.rows
      ? [
          `weights.patterns: the ${String(patterns.rows)} patterns span only ${String(factor.rows)} dimensions (some depend on others up to rounding); W = P^+ P projects onto those.`,
        ]
      : [];
  // No pattern but 0: W = 0.
  return { patterns: factor.rows === 0 ? [] : [{ factor, scale: 1 }], notices };
}

async function basisOf(patterns: Matrix): Promise<Matrix> {
  const algebra = await loadAlgebra();
  try {
    return algebra.rowSpace(patterns);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new MemscapeError(
      {
        code: 'model-too-large',
        what: `weights.patterns: the pseudo-inverse of ${String(patterns.rows)} x ${String(patterns.columns)} numbers cannot be computed`,
        why: error.message,
        mend: 'store fewer patterns, or take "rule": "hebbian", which needs no inverse',
        exitCode: 2,
      },
      { cause: error },
    );
  }
}
