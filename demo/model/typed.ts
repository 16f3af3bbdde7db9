/**
 * R as numbers that the reader types. It begins with the R that is drawn, so that a design of the paper can be taken as it
 * is and spoilt entry by entry; a rule of the state has no entries and begins with I.
 */
import type { Problem } from '../library.js';
import { MOST_TYPED, type DesignSetting, type State } from '../state/state.js';

/** The R of a problem as entries. */
export function asTyped({ design, network: { size } }: Pick<Problem, 'design' | 'network'>): DesignSetting {
  const entry = (i: number, j: number) =>
    design.kind === 'matrix' ? design.matrix.data[i * size + j] : Number(i === j);
  const indices = Array.from({ length: size }, (_, k) => k);
  return { matrix: indices.map((i) => indices.map((j) => entry(i, j))) };
}

/** The entries of a state that can be typed, if R is such a matrix. */
export function typedOf({ design, bias }: Pick<State, 'design' | 'bias'>) {
  const typed = typeof design === 'object' && 'matrix' in design && bias.length <= MOST_TYPED;
  return typed ? design.matrix : undefined;
}
