/** Error bars: of a share of yes and no, and of the place where shares cross one half. */
import { randomStream } from '../../model/random.js';
import { Breath } from '../jobs.js';

/** Quantile of the normal distribution for 95 %. */
const Z = 1.959963984540054;

/**
 * Wilson's 95 % interval of a share (E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209): unlike share +- 2 deviations it
 * says something sensible at 0 and 1 as well. [0, 1] where nothing was counted.
 */
export function wilsonInterval(yes: number, all: number): [lo: number, hi: number] {
  if (all === 0) return [0, 1];
  const share = yes / all;
  const scale = 1 + Z ** 2 / all;
  const middle = (share + Z ** 2 / (2 * all)) / scale;
  const half = (Z * Math.sqrt((share * (1 - share)) / all + Z ** 2 / (4 * all ** 2))) / scale;
  // The ends are exact where nothing or everything was a yes.
  return [yes === 0 ? 0 : Math.max(0, middle - half), yes === all ? 1 : Math.min(1, middle + half)];
}

/** Mean and its standard error; NaN and 0 for no values, error 0 for one. */
export function meanOf(values: readonly number[]): { readonly mean: number; readonly error: number } {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const square = values.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  return { mean, error: n > 1 ? Math.sqrt(square / (n - 1) / n) : 0 };
}

/** The falling sequence nearest to `values` in the sense of least squares (pool adjacent violators). */
export function falling(values: readonly number[]): number[] {
  const pools: { sum: number; count: number }[] = [];
  for (const value of values) {
    let pool = { sum: value, count: 1 };
    for (
      let last = pools.at(-1);
      last && last.sum / last.count < pool.sum / pool.count;
      last = pools.at(-1)
    ) {
      pools.pop();
      pool = { sum: last.sum + pool.sum, count: last.count + pool.count };
    }
    pools.push(pool);
  }
  return pools.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count));
}

/** Where a falling sequence of shares over rising x crosses 1/2, by straight lines; undefined where it does not. */
export function crossing(x: readonly number[], shares: readonly number[]): number | undefined {
  const smooth = falling(shares);
  const k = smooth.findIndex((share) => share < 0.5);
  if (k <= 0) return undefined;
  const [before, after] = [smooth[k - 1], smooth[k]];
  return x[k - 1] + ((before - 0.5) / (before - after)) * (x[k] - x[k - 1]);
}

/** A place with its 95 % interval; an end is null where resamples do not cross inside the range that was measured. */
export interface Transition {
  readonly at: number;
  readonly interval: readonly [lo: number | null, hi: number | null];
}

const RESAMPLES = 1000;

/**
 * Where shares cross one half, with the 95 % interval of a bootstrap over independent repetitions.
 * @param repetitions for each x, the share of each repetition (a network with its own patterns).
 * @returns undefined where the shares do not cross one half.
 */
export async function transitionOf(
  x: readonly number[],
  repetitions: readonly (readonly number[])[],
  seed: number,
  stream: number,
  breath = new Breath(),
): Promise<Transition | undefined> {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const at = crossing(x, repetitions.map(mean));
  if (at === undefined) return undefined;
  const { uniform } = randomStream(seed, stream);
  let next = 0;
  const found: number[] = [];
  for (let k = 0; k < RESAMPLES; k++) {
    if (breath.due) await breath.take();
    const shares = repetitions.map((own) =>
      mean(own.map(() => own[Math.floor(own.length * uniform(next++))])),
    );
    // All above one half: beyond the range; all below: before it.
    found.push(crossing(x, shares) ?? (shares[0] < 0.5 ? -Infinity : Infinity));
  }
  found.sort((a, b) => a - b);
  const end = (share: number) => {
    const value = found[Math.round(share * (RESAMPLES - 1))];
    return Number.isFinite(value) ? value : null;
  };
  return { at, interval: [end(0.025), end(0.975)] };
}
