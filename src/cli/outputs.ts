/**
 * The files of one command: promised before anything is computed, written when everything is. Names are fixed by the
 * command, so nothing lands outside of --out; what a failed or interrupted writing has begun is taken back.
 */
import { constants } from 'node:fs';
import { access, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MemscapeError } from '../errors.js';
import { makeFolder, refuseExisting, writeWhole } from '../io/files.node.js';
import { quote } from '../model/check.js';
import { usageError } from './usage.js';

export class Outputs {
  readonly #paths: ReadonlyMap<string, string>;
  readonly #force: boolean;
  readonly #contents: [path: string, bytes: Uint8Array | string][] = [];

  private constructor(paths: ReadonlyMap<string, string>, force: boolean) {
    this.#paths = paths;
    this.#force = force;
  }

  /**
   * Promises files in a folder, which need not exist yet.
   * @throws MemscapeError `output-exists` (exit 2) or `output-unwritable` (exit 3), before any work is done.
   */
  static async promise(folder: string, names: readonly string[], force: boolean): Promise<Outputs> {
    await refuseUnwritable(folder);
    const paths = new Map(names.map((name) => [name, join(folder, name)]));
    for (const path of paths.values()) await refuseFolder(path);
    if (!force) for (const path of paths.values()) await refuseExisting(path);
    return new Outputs(paths, force);
  }

  /** Sets the contents of a promised file; they are written in this order. */
  add(name: string, bytes: Uint8Array | string): void {
    const path = this.#paths.get(name);
    if (path === undefined) throw new RangeError(`'${name}' was not promised`);
    this.#contents.push([path, bytes]);
  }

  /** Writes all of them; on failure those that were not there before are removed again. */
  async write(signal?: AbortSignal): Promise<string[]> {
    signal?.throwIfAborted();
    for (const folder of new Set(this.#contents.map(([path]) => dirname(path)))) await makeFolder(folder);
    const made: string[] = [];
    try {
      for (const [path, bytes] of this.#contents) {
        const before = await stat(path).catch(() => undefined);
        await writeWhole(path, bytes, { force: this.#force, ...(signal ? { signal } : {}) });
        if (before === undefined) made.push(path);
      }
    } catch (error) {
      for (const path of made) await rm(path, { force: true }).catch(() => undefined);
      throw error;
    }
    return this.#contents.map(([path]) => path);
  }
}

const KINDS = { json: 'a JSON file', npz: 'a .npz file of NumPy' } as const;

/** The one file of a command, promised before anything is computed. */
export interface PromisedFile {
  /** Writes it whole; its path in a list, as `Outputs.write` gives it. */
  readonly write: (bytes: Uint8Array | string, signal?: AbortSignal) => Promise<string[]>;
}

/**
 * Promises the file that --out names.
 * @throws MemscapeError `usage` (exit 2) where its name does not end as its kind does; else as `Outputs.promise`.
 */
export async function promiseFile(
  path: string,
  kind: keyof typeof KINDS,
  force: boolean,
): Promise<PromisedFile> {
  if (!path.endsWith(`.${kind}`))
    throw usageError(
      `--out: ${quote(path)} does not end in .${kind}`,
      `the result is ${KINDS[kind]}.`,
      `give for example --out R.${kind}`,
    );
  const outputs = await Outputs.promise(dirname(path), [basename(path)], force);
  return {
    write: (bytes, signal) => {
      outputs.add(basename(path), bytes);
      return outputs.write(signal);
    },
  };
}

/** Throws unless the folder, or the nearest one above it that exists, can be written to. */
async function refuseUnwritable(folder: string): Promise<void> {
  for (let at = folder; ; at = dirname(at)) {
    const found = await stat(at).catch((error: unknown) => error);
    if (found instanceof Error) {
      const missing = 'code' in found && found.code === 'ENOENT';
      if (missing && dirname(at) !== at) continue;
      throw unwritable(folder, found.message, found);
    }
    if (!(found as Awaited<ReturnType<typeof stat>>).isDirectory())
      throw unwritable(folder, `${quote(at)} is a file and not a folder.`);
    await access(at, constants.W_OK).catch((error: unknown) => {
      throw unwritable(folder, `${quote(at)} may not be written to.`, error);
    });
    return;
  }
}

async function refuseFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) throw unwritable(path, 'it is a folder.');
}

function unwritable(path: string, why: string, cause?: unknown): MemscapeError {
  return new MemscapeError(
    {
      code: 'output-unwritable',
      what: `${quote(path)} cannot be written`,
      why,
      mend: 'choose another place with --out, or change the permissions',
      exitCode: 3,
    },
    { cause },
  );
}
