/** What an interrupted `field` has left in a folder: gone on from with --resume, removed with --force, else named. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MemscapeError } from '../errors.js';
import { quote } from '../model/check.js';
import { isAlive, readEarlier, type Earlier } from '../stream/earlier.node.js';
import { JOURNAL, partOf } from '../stream/files.node.js';

/** How to deal with them. */
export interface LeftoverOptions {
  readonly resume: boolean;
  readonly force: boolean;
}

/** Temporary files of single results (src/io/files.node.ts): the process that would have renamed them is in the name. */
const TEMPORARY = /^\.memscape-(\d+)-[0-9a-f]{12}\.tmp$/;

/** Whether a temporary file is nobody's any more. */
const isOrphan = (name: string): boolean => {
  const owner = TEMPORARY.exec(name);
  return owner !== null && !isAlive(Number(owner[1]));
};

/**
 * Looks for them before anything is computed.
 * @returns what the run can go on from, if it was asked to and there is something.
 * @throws MemscapeError `output-unfinished` (exit 2) where there is something and neither option was given.
 */
export async function settleLeftovers(
  folder: string,
  { resume, force }: LeftoverOptions,
): Promise<Earlier | undefined> {
  const names = await readdir(folder).catch(() => []);
  const found = names.filter((name) => name === JOURNAL || name.endsWith(partOf('.npy')));
  const earlier = found.includes(JOURNAL) ? await readEarlier(join(folder, JOURNAL)) : undefined;
  if (resume && earlier) return earlier;
  if (found.length > 0 && !resume && !force)
    throw new MemscapeError({
      code: 'output-unfinished',
      what: `${quote(folder)} holds what an interrupted run left: ${found.map((name) => quote(name)).join(', ')}`,
      why: 'it may hold hours of work, which a new run would overwrite.',
      mend: earlier
        ? 'go on from it with --resume, or begin again with --force'
        : 'begin again with --force (there is no journal to go on from), or choose another place with --out',
      exitCode: 2,
    });
  if (resume || force)
    for (const name of [...found, ...names.filter(isOrphan)]) await rm(join(folder, name), { force: true });
  return undefined;
}
