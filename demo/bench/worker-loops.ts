/** `Loops` that run in a worker: the page goes on while they do. */
import type { Loops, Timed } from '../../bench/loops.js';
import type { Task } from './worker.js';

interface Pending {
  readonly resolve: (answer: Timed<never>) => void;
  readonly reject: (error: unknown) => void;
}

/** @param signal ends the worker, and what it is asked, with the reason of the signal. */
export function loopsInWorker(signal: AbortSignal): Loops & Disposable {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const pending = new Map<number, Pending>();
  let next = 0;
  const fail = (error: unknown) => {
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
    worker.terminate();
  };
  worker.addEventListener('message', ({ data }: MessageEvent<Timed<never> & { id: number }>) => {
    pending.get(data.id)?.resolve(data);
    pending.delete(data.id);
  });
  worker.addEventListener('error', (event) => {
    fail(new Error(`the worker of the JavaScript loops failed: ${event.message}`));
  });
  const aborted = () => {
    fail(signal.reason);
  };
  signal.addEventListener('abort', aborted, { once: true });
  const ask = <T>(make: (id: number) => Task) =>
    new Promise<Timed<T>>((resolve, reject) => {
      signal.throwIfAborted();
      const id = next++;
      pending.set(id, { resolve, reject });
      worker.postMessage(make(id));
    });
  return {
    field: (field) => ask((id) => ({ id, field })),
    basins: (basins) => ask((id) => ({ id, basins })),
    [Symbol.dispose]: () => {
      signal.removeEventListener('abort', aborted);
      worker.terminate();
    },
  };
}
