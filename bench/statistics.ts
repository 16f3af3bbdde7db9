/** What a bench may say: medians with quartiles, and ratios of runs that stood side by side. */
export interface Spread {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
  readonly least: number;
  readonly count: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const quantile = (q: number) => {
    const at = q * (sorted.length - 1);
    const low = Math.floor(at);
    return sorted[low] + (at - low) * (sorted[Math.min(low + 1, sorted.length - 1)] - sorted[low]);
  };
  return {
    median: quantile(0.5),
    lower: quantile(0.25),
    upper: quantile(0.75),
    least: sorted[0],
    count: sorted.length,
  };
}

/** Seeded order of the contestants of a round, so that none always runs in another's wake. */
export function shuffled<T>(items: readonly T[], round: number): T[] {
  const result = [...items];
  let state = (round + 1) * 2654435761;
  for (let i = result.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = state % (i + 1);
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}
