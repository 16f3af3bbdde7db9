/**
 * How much of a box an energy is blind in: |grad E| = |M r| <= 1e-6 |r| while |r| > 1e-6 (1 + |y|) (ours). Blind states
 * fill regions, the flats of dead neurons, so a share of sampled points is an honest measure of them.
 */
import type { Algebra } from '../model/algebra.js';
import { Evaluator } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import { forEachWatched, STREAM, uniformStates, type Box, type Watch } from './box.js';

/** A share measured by sampling. */
export interface SampledShare {
  readonly share: number;
  /** sqrt(p (1 - p)/n). */
  readonly standardError: number;
  /** Upper end of a 95 % interval: 3/n where nothing was found (the rule of three). */
  readonly upper: number;
  readonly samples: number;
}

/** n hits out of `samples`. */
export function sampledShare(hits: number, samples: number): SampledShare {
  const share = hits / samples;
  const standardError = Math.sqrt((share * (1 - share)) / samples);
  const upper = hits === 0 ? Math.min(1, 3 / samples) : Math.min(1, share + 1.96 * standardError);
  return { share, standardError, upper, samples };
}

/** What to sample. */
export interface BlindOptions extends Watch {
  /** States of the problem (u for eq. 9); [-4, 4] in every coordinate by default. */
  readonly box?: Box;
  /** 4096 by default: a standard error of at most 0.8 %. */
  readonly samples?: number;
  /** 1 by default. */
  readonly seed?: number;
}

/** The share of a box in which the problem's energy is blind. */
export async function blindShare(
  problem: Problem,
  algebra: Algebra,
  options: BlindOptions = {},
): Promise<SampledShare> {
  const { box = [-4, 4], samples = 4096, seed = 1 } = options;
  const stateOf = uniformStates(box, problem.network.size, seed, STREAM.blind);
  const evaluator = new Evaluator(problem, algebra);
  let hits = 0;
  await forEachWatched(samples, options, (k) => {
    evaluator.moveTo(stateOf(k));
    if (evaluator.isBlind()) hits++;
  });
  return sampledShare(hits, samples);
}
