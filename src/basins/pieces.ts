/** Work over all cells of a map in pieces, between which the event loop runs: maps have millions of them. */
import { forEachWatched } from '../analysis/box.js';

/** How to interrupt it. */
export interface Interruptible {
  /** The promise rejects with its reason, soon. */
  readonly signal?: AbortSignal;
}

/** Cells that take a few milliseconds whatever is done with them. */
const PIECE = 2 ** 13;

/** Calls `work` for 0 .. `count` in pieces of cells `from` .. `to` - 1. */
export async function inPieces(
  count: number,
  interruptible: Interruptible,
  work: (from: number, to: number) => void,
): Promise<void> {
  await forEachWatched(Math.ceil(count / PIECE), interruptible, (k) => {
    work(k * PIECE, Math.min(count, (k + 1) * PIECE));
  });
}
