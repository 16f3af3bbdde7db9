/** Contestants in turn, in a seeded order, round after round: ratios are taken between neighbours in time. */
import { shuffled, spread, type Spread } from './statistics.js';

/** Runs once; resolves to ms. */
export type Contestant = () => Promise<number>;

interface Progress {
  readonly done: number;
  readonly total: number;
}

/** What every measurement takes. */
export interface RaceOptions {
  readonly rounds: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** A contestant of whatever an asynchronous call takes. */
export const clocked =
  (run: () => Promise<unknown>): Contestant =>
  async () => {
    const start = performance.now();
    await run();
    return performance.now() - start;
  };

/** Times by name, a number for each round. The contestants have run before: warming up is up to the caller. */
export async function race<Name extends string>(
  contestants: Readonly<Record<Name, Contestant>>,
  { rounds, signal, onProgress }: RaceOptions,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contestants) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < rounds; round++) {
    onProgress?.({ done: round, total: rounds });
    for (const name of shuffled(names, round)) {
      signal?.throwIfAborted();
      times[name].push(await contestants[name]());
    }
  }
  onProgress?.({ done: rounds, total: rounds });
  return times;
}

/** How many times as long `theirs` took as `ours`, round by round. */
export const ratioOf = (theirs: readonly number[], ours: readonly number[]): Spread =>
  spread(theirs.map((t, k) => t / ours[k]));

/** Nothing is claimed where the quartiles hold 1. */
export const claims = ({ lower, upper }: Spread): boolean => lower > 1 || upper < 1;
