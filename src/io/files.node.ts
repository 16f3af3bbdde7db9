/**
 * Files in Node: models are read under a size cap and from their own folder only; results are written whole (a
 * temporary file beside the target, fsync, rename) or not at all. Names reach messages escaped.
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { link, lstat, mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { MemscapeError } from '../errors.js';
import type { ExitCode } from '../errors.js';
import { quote } from '../model/check.js';
import { readModel } from './model-file.js';
import type { Model } from '../types.js';

/** Larger files are refused before they are read. */
const MAX_FILE_BYTES = 256 * 2 ** 20;

/** What the system's error codes mean to a user. */
const reasons: ReadonlyMap<string, readonly [why: string, mend: string]> = new Map([
  ['ENOENT', ['there is no such file or folder.', 'check the name, or make the folder first']],
  ['ENOTDIR', ['a part of the path is a file and not a folder.', 'check the path']],
  ['EISDIR', ['it is a folder.', 'name a file']],
  ['EACCES', ['the permission is missing.', 'change the permissions, or choose another folder']],
  ['EPERM', ['the system does not permit it.', 'change the permissions, or choose another folder']],
  ['EROFS', ['the file system is read-only.', 'choose another folder']],
  ['ENOSPC', ['the disk is full.', 'free some space, or choose another disk']],
  ['EDQUOT', ['your quota of disk space is used up.', 'free some space, or choose another disk']],
  ['ENAMETOOLONG', ['the name is too long.', 'choose a shorter name']],
  ['ELOOP', ['its symbolic links go in a circle.', 'repair the links']],
  ['EMFILE', ['too many files are open.', 'close some programs, or raise the limit (ulimit -n)']],
]);

/** An error of the system as ours; one of ours as it is. */
export function systemError(error: unknown, code: string, what: string, exitCode: ExitCode): MemscapeError {
  if (error instanceof MemscapeError) return error;
  const id = error instanceof Error && 'code' in error ? String(error.code) : '';
  const text = error instanceof Error ? quote(error.message, 200) : 'the system gave no reason.';
  const [why, mend] = reasons.get(id) ?? [text, 'check the file and the disk'];
  return new MemscapeError({ code, what, why, mend, exitCode }, { cause: error });
}

/**
 * All bytes of a regular file of at most 256 MiB.
 * @throws MemscapeError `data-unreadable` or `data-too-large`, with exit code 3 unless another is given.
 */
export async function readWhole(path: string, exitCode: ExitCode = 3): Promise<Uint8Array> {
  let file: FileHandle | undefined;
  try {
    // Not blocking: opening a pipe without a writer would wait for ever.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const status = await file.stat();
    if (!status.isFile()) {
      throw new MemscapeError({
        code: 'data-unreadable',
        what: `${quote(path)} cannot be read: it is not a file`,
        why: 'folders, pipes and devices are not read.',
        mend: 'name a file',
        exitCode,
      });
    }
    if (status.size > MAX_FILE_BYTES) {
      throw new MemscapeError({
        code: 'data-too-large',
        what: `${quote(path)} has ${(status.size / 2 ** 20).toFixed(0)} MiB; the limit is ${String(MAX_FILE_BYTES / 2 ** 20)} MiB`,
        why: 'larger files are refused before they are read, so that a wrong one cannot fill the memory.',
        mend: 'keep large arrays in .npy files of type <f4, W in blocks, and of a checkpoint only the tensors needed',
        exitCode,
      });
    }
    return await file.readFile();
  } catch (error) {
    throw systemError(error, 'data-unreadable', `${quote(path)} cannot be read`, exitCode);
  } finally {
    await file?.close();
  }
}

/**
 * The model of a file. Files it names are read relative to its folder and may not leave it, not by links either.
 * @throws MemscapeError only (exit 2 for the model, 3 for a damaged or missing file it names).
 */
export async function loadModel(path: string): Promise<Model> {
  const bytes = await readWhole(path, 2);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new MemscapeError(
      {
        code: 'model-json',
        what: `the model file ${quote(path)} is not UTF-8 text`,
        why: 'a model file is JSON in UTF-8.',
        mend: 'save it as UTF-8; a .npy or .npz file is not a model but may be named by one',
        exitCode: 2,
      },
      { cause: error },
    );
  }
  const folder = dirname(path);
  const name = basename(path)
    .replace(/(?!^)\.json$/i, '')
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '_');
  return await readModel(text, async (file) => await readWhole(await inside(folder, file)), { name });
}

/** The real path of `file` in `folder`; refused if a link leads out of it. */
async function inside(folder: string, file: string): Promise<string> {
  let root: string;
  let target: string;
  try {
    root = await realpath(folder);
    target = await realpath(join(root, file));
  } catch (error) {
    throw systemError(error, 'data-unreadable', `${quote(file)}, named by the model, cannot be read`, 3);
  }
  const way = relative(root, target);
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) {
    throw new MemscapeError({
      code: 'model-path',
      what: `${quote(file)}, named by the model, leaves the folder of the model file`,
      why: 'a model from elsewhere must not read your other files.',
      mend: 'copy the file into the folder of the model',
      exitCode: 2,
    });
  }
  return target;
}

/** How a file is written. */
export interface WriteOptions {
  /** Replace an existing file. Default false. */
  readonly force?: boolean;
  /** Stops before the file appears; the temporary file is removed and `signal.reason` thrown. */
  readonly signal?: AbortSignal;
}

const CHUNK = 8 * 2 ** 20;

/**
 * Writes `bytes` to `path` so that at every moment either nothing, the old file or the whole new one is there.
 * @throws MemscapeError `output-exists` (exit 2) if the file is there and `force` is not set, `output-unwritable`
 *   (exit 3) if the system refuses; `signal.reason` if aborted. Nothing is left behind in any of these cases.
 */
export async function writeWhole(
  path: string,
  bytes: Uint8Array | string,
  options: WriteOptions = {},
): Promise<void> {
  const { force = false, signal } = options;
  signal?.throwIfAborted();
  if (!force) await refuseExisting(path);
  const data = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
  const temporary = join(
    dirname(path),
    `.memscape-${String(process.pid)}-${randomBytes(6).toString('hex')}.tmp`,
  );
  try {
    await writeTemporary(temporary, data, signal);
    if (force) await rename(temporary, path);
    else await publish(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    if (signal?.aborted === true && error === signal.reason) throw error;
    throw systemError(error, 'output-unwritable', `${quote(path)} cannot be written`, 3);
  }
  await syncFolder(dirname(path));
}

/** Makes the folder of results and its parents, if they are not there. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw systemError(error, 'output-unwritable', `the folder ${quote(path)} cannot be made`, 3);
  }
}

/** Throws `output-exists` (exit 2) if there is anything at `path`, a dangling link included. */
export async function refuseExisting(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found !== undefined) throw existing(path);
}

const existing = (path: string) =>
  new MemscapeError({
    code: 'output-exists',
    what: `${quote(path)} exists already`,
    why: 'results are not overwritten by accident.',
    mend: 'choose another place with --out, or overwrite with --force',
    exitCode: 2,
  });

async function writeTemporary(
  path: string,
  data: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  const file = await open(path, 'wx');
  try {
    for (let offset = 0; offset < data.length; offset += CHUNK) {
      signal?.throwIfAborted();
      await file.writeFile(data.subarray(offset, offset + CHUNK));
    }
    await file.sync();
  } finally {
    await file.close();
  }
  signal?.throwIfAborted();
}

/** Like rename, but fails if the target has appeared in the meantime: a link never replaces. */
export async function publish(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') throw existing(path);
    // File systems without hard links (FAT, some network shares): look once more, then rename.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS' && code !== 'EOPNOTSUPP') throw error;
    await refuseExisting(path);
    await rename(temporary, path);
    return;
  }
  await rm(temporary, { force: true });
}

/** Makes the new name durable; not every system can, and the file is whole either way. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close().catch(() => undefined);
}
