/**
 * --resume after the end. A command that was killed just after it had removed its journal has finished, and whoever
 * resumes it cannot know that: where no journal is left and the result is there, the result tells by the digest of its
 * request whether it is of the same command. Then there is nothing to do, and that is no error.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import { MemscapeError } from '../errors.js';
import { readNpy } from '../io/npy.js';
import { quote } from '../model/check.js';
import type { Identity } from '../stream/earlier.node.js';
import type { Console } from './console.js';
import { version } from './provenance.js';
import { isUnfinished } from './resumable.js';

/** Names what was asked: part of the provenance of resumable results. */
export const requestDigest = (identity: Identity): string =>
  createHash('sha256')
    .update(JSON.stringify({ version: version(), ...identity }))
    .digest('hex');

/** A result that an earlier run has left whole. */
export class Finished {
  readonly #path: string;
  readonly #result: { readonly provenance?: { readonly request?: unknown } };

  private constructor(path: string, result: object) {
    this.#path = path;
    this.#result = result;
  }

  /**
   * The result in a JSON file, or in the provenance of a .npz file, where --resume was given and no journal is left;
   * undefined where there is none, or what is there is no result.
   */
  static async find(path: string, journal: string, resume: boolean): Promise<Finished | undefined> {
    if (!resume || (await isUnfinished(journal))) return undefined;
    try {
      const bytes = new Uint8Array(await readFile(path));
      const text = path.endsWith('.npz') ? provenanceOf(bytes) : new TextDecoder().decode(bytes);
      const result: unknown = JSON.parse(text);
      return typeof result === 'object' && result !== null ? new Finished(path, result) : undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * Says that nothing is left to do, and answers with the result.
   * @throws MemscapeError `resume-differs` (exit 2) where it is the result of another command.
   */
  tell(request: string, console: Console): void {
    if (this.#result.provenance?.request !== request)
      throw new MemscapeError({
        code: 'resume-differs',
        what: `${quote(this.#path)} is the result of another command or version, and no journal is beside it`,
        why: 'nothing is there to go on from, and results are not overwritten unasked.',
        mend: 'give the command that was interrupted, choose another place with --out, or begin again with --force',
        exitCode: 2,
      });
    console.note(`nothing to resume: ${quote(this.#path)} is there, whole.`);
    console.answer(this.#result);
  }
}

function provenanceOf(bytes: Uint8Array): string {
  // Not all of it: other arrays may be large, or texts.
  const files = unzipSync(bytes, { filter: ({ name }) => name === 'provenance.npy' });
  return new TextDecoder().decode(Uint8Array.from(readNpy(files['provenance.npy']).data, Number));
}
