/**
 * The GPU process of Node: Dawn lives here and nowhere else, because it may crash or hang, most of all while a
 * process ends. Every result is sent before anything that could go wrong with the next one; when the parent is
 * gone this process goes too.
 */
import type { MemscapeErrorParts } from '../errors.js';
import { MemscapeError } from '../errors.js';
import { openGpu, type GpuBackend } from './device.js';
import type { FromGpu, ToGpu } from './messages.js';
import { Way } from './way.js';

/** Dawn's objects must be held until the process ends, or collecting them crashes it. */
const held: unknown[] = [];
/** Runs in progress. */
const jobs = new Map<number, { readonly abort: AbortController; readonly way: Way }>();

function send(message: FromGpu): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, undefined, {}, () => {
      resolve();
    });
  });
}

function partsOf(error: unknown): MemscapeErrorParts {
  if (error instanceof MemscapeError) {
    const { code, what, why, mend, exitCode } = error;
    return { code, what, why, mend, exitCode };
  }
  return {
    code: 'gpu-process',
    what: 'the GPU process failed',
    why: error instanceof Error ? error.message : String(error),
    mend: 'use --device cpu, and report this with the output of `memscape doctor --json`.',
    exitCode: 1,
  };
}

async function open(): Promise<GpuBackend> {
  const dawn = await import('webgpu').catch((cause: unknown) => {
    throw new MemscapeError(
      {
        code: 'no-dawn',
        what: "the npm package 'webgpu' (Dawn) could not be loaded",
        why: cause instanceof Error ? cause.message.split('\n')[0] : String(cause),
        mend: 'install it beside memscape (`npm install webgpu`), or use --device cpu.',
        exitCode: 4,
      },
      { cause },
    );
  });
  const gpu = dawn.create([]);
  held.push(gpu);
  // One try: drivers are loaded at once here, and the parent tries others.
  const backend = await openGpu(gpu, { asynchronousPipelines: false, tries: 1 });
  held.push(backend);
  return backend;
}

async function run(backend: GpuBackend, { id, plan }: Extract<ToGpu, { type: 'run' }>): Promise<void> {
  const abort = new AbortController();
  const way = new Way();
  jobs.set(id, { abort, way });
  try {
    const statistics = await backend.run(plan, {
      signal: abort.signal,
      onTile: async (result) => {
        await way.enter();
        void send({ type: 'tile', id, result });
      },
    });
    await send({ type: 'done', id, statistics });
  } catch (error) {
    await send({ type: 'failed', id, error: partsOf(error) });
  } finally {
    jobs.delete(id);
  }
}

process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole process group; the parent decides what it means.
process.on('SIGINT', () => undefined);

try {
  const backend = await open();
  process.on('message', (message: ToGpu) => {
    if (message.type === 'run') void run(backend, message);
    else {
      const job = jobs.get(message.id);
      if (message.type === 'abort') job?.abort.abort();
      // An abort lets a waiting tile go too, or the run would not end.
      job?.way.leave();
    }
  });
  await send({ type: 'ready', info: backend.info, profile: backend.profile });
} catch (error) {
  await send({ type: 'unusable', error: partsOf(error) });
  process.exit(4);
}
