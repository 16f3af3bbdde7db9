/** The problems of both columns. Where a choice does not fit the network, the nearest that does, and the reason. */
import { MemscapeError, readModel, resolveProblem, type Problem } from '../library.js';
import { answering } from '../state/change.js';
import { modelOf } from '../state/model.js';
import type { EnergySetting, State } from '../state/state.js';

export interface Side {
  readonly problem: Problem;
  /** The settings that it was made of; those of the reader unless they were refused. */
  readonly drawn: State;
  /** Why something else is drawn than was chosen. */
  readonly refused?: MemscapeError;
}

export interface Pair {
  /** The energy under question, moved by R = I. */
  readonly left: Side;
  /** The energy that answers, moved by the chosen R. */
  readonly right: Side;
}

/** The problem of a column, or an error of the library. */
export const resolveColumn = async (state: State, side: 'left' | 'right'): Promise<Problem> =>
  resolveProblem(await readModel(modelOf(state, side)));

/** |r|^2/2 alone, which every network has. */
const residualAlone = ({ equation }: State): EnergySetting => ({
  equation: equation === 9 ? 10 : 14,
  coefficients: [0, 0, 1],
});

/** What to draw instead, nearest first. */
function instead(state: State, side: 'left' | 'right'): State[] {
  if (side === 'left') return [{ ...state, left: residualAlone(state) }];
  const chosen = answering(state.equation);
  return [
    { ...state, right: chosen },
    { ...state, right: chosen, design: 'identity' },
  ];
}

async function resolveSide(state: State, side: 'left' | 'right'): Promise<Side> {
  let refused: MemscapeError | undefined;
  for (const attempt of [state, ...instead(state, side)])
    try {
      const problem = await resolveColumn(attempt, side);
      return refused ? { problem, drawn: attempt, refused } : { problem, drawn: attempt };
    } catch (error) {
      if (!(error instanceof MemscapeError)) throw error;
      refused ??= error;
    }
  throw refused ?? new RangeError('no energy fits this network');
}

/** Whether two states have the same problems: their views may differ. */
export const sameProblems = (a: State, b: State): boolean =>
  (['name', 'layers', 'weights', 'bias', 'equation', 'design', 'left', 'right'] as const).every(
    (key) => a[key] === b[key],
  );

export async function resolvePair(state: State): Promise<Pair> {
  const [left, right] = await Promise.all([resolveSide(state, 'left'), resolveSide(state, 'right')]);
  return { left, right };
}
