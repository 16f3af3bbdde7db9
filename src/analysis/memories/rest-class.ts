/**
 * What the rest of a pattern is. A pattern on the border of two basins comes to rest at the saddle between them, and no
 * cue comes back to that: only a stable point is a memory.
 */
import type { Algebra } from '../../model/algebra.js';
import { Evaluator, norm } from '../../model/evaluator.js';
import type { Problem } from '../../model/problem.js';
import { randomStream } from '../../model/random.js';
import { STREAM } from '../box.js';
import type { Breath } from '../jobs.js';
import { classAt, type FixedPointClass } from '../stability.js';
import { isSame, type RecallFlow } from './recall-flow.js';

/** Class of the state where a pattern comes to rest; `none` where it does not in time. */
export type RestClass = FixedPointClass | 'none';

/** Beyond, a spectrum takes longer than following the flow for a while. */
const MOST_OF_SPECTRUM = 200;
/** Length of a push, relative to 1 + |y|. */
const PUSH = 1e-3;

/**
 * By the spectrum; in more than 200 dimensions by whether the flow comes back after a push in a random direction, which
 * has a part along every unstable one.
 */
export async function classOfRest(
  problem: Problem,
  algebra: Algebra,
  { flow, rest, breath }: { readonly flow: RecallFlow; readonly rest: Float64Array; readonly breath: Breath },
): Promise<FixedPointClass> {
  if (breath.due) await breath.take();
  if (rest.length <= MOST_OF_SPECTRUM) {
    try {
      return classAt(new Evaluator(problem, algebra), algebra, rest).class;
    } catch (error) {
      // Derivatives that are not finite decide nothing.
      if (error instanceof RangeError) return 'undecided';
      throw error;
    }
  }
  const { normal } = randomStream(1, STREAM.pushes);
  const length = (PUSH * (1 + norm(rest))) / Math.sqrt(rest.length);
  const pushed = rest.map((v, i) => v + length * normal(i));
  const end = await flow.follow(pushed, [], breath);
  if (!end.rested) return 'undecided';
  return isSame(rest, end.state) ? 'stable' : 'saddle';
}
