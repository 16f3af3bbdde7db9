/** The labels of a basin map: the index of an attractor, or a negative number for what has none. */

/** Labels of starts that no attractor was found for. `undecided` is a class of its own and never part of a basin. */
export const LABEL = {
  undecided: -1,
  'saddle-slow': -2,
  'left-box': -3,
  diverged: -4,
  budget: -5,
  nonfinite: -6,
} as const;

/** Name of a negative label. */
export type Unlabelled = keyof typeof LABEL;

/** Starts in each class. */
export interface LabelCounts {
  /** By attractor. */
  readonly attractors: readonly number[];
  readonly others: Readonly<Record<Unlabelled, number>>;
}

/** Counts labels; `attractors` is the number of them. */
export function countLabels(labels: Int32Array, attractors: number): LabelCounts {
  const lowest = Math.min(...Object.values(LABEL));
  const counts = new Uint32Array(attractors - lowest);
  tally(labels, lowest, counts);
  return {
    attractors: Array.from(counts.subarray(-lowest)),
    others: Object.fromEntries(
      Object.entries(LABEL).map(([name, label]) => [name, counts[label - lowest]]),
    ) as Record<Unlabelled, number>,
  };
}

/**
 * Of millions: iterators and callbacks take several times as long. And a function of its own: compiled once, where the loop
 * amid other code was compiled anew with each map and thrown away behind it (2 of 20 ms).
 */
function tally(labels: Int32Array, lowest: number, counts: Uint32Array): void {
  for (let k = labels.length - 1; k >= 0; k--) counts[labels[k] - lowest]++;
}
