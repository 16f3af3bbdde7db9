/** From files to the explorer's link. Loaded when the first file comes. */
import { loadAlgebra } from '../library.js';
import { readDropped, type Dropped } from '../model/dropped.js';
import { fitted } from '../model/fit.js';
import { findMemories } from '../model/memories.js';
import { resolvePair } from '../model/pair.js';
import { askForArrays } from '../page/array-choice.js';
import { linkOf } from '../state/link.js';

/** Where the explorer opens these files; undefined if the reader put the question away. */
export async function addressOf(files: readonly Dropped[]): Promise<string | undefined> {
  const opened = await readDropped(files, askForArrays);
  if (!opened) return undefined;
  const { state, hasView } = opened;
  if (hasView) return `./index.html${linkOf(state)}`;
  const { right } = await resolvePair(state);
  const { points } = findMemories(right.problem, await loadAlgebra());
  return `./index.html${linkOf(fitted(state, points))}`;
}
