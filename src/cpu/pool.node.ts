/** Worker threads of Node for the CPU backend. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { CpuBackend, type WorkerHandle } from './backend.js';
import type { FromWorker } from './serve.js';

function startWorker(): WorkerHandle {
  // What tells Node of which kind the text of `node -e` is would be said of this file too. Flags are inherited otherwise:
  // of those that are given Node takes few.
  const ofText = process.execArgv.some((flag) => flag.startsWith('--input-type'));
  const url = new URL(/* @vite-ignore */ './worker.node.js', import.meta.url);
  const worker = new Worker(url, ofText ? { execArgv: [] } : {});
  // Idle threads do not keep the process alive; those that owe a tile do.
  worker.unref();
  return {
    send: (message) => {
      if ('tile' in message) worker.ref();
      worker.postMessage(message);
    },
    onMessage: (listener) => {
      worker.removeAllListeners('message').on('message', (message: FromWorker) => {
        worker.unref();
        listener(message);
      });
    },
    onFailure: (listener) => {
      worker.removeAllListeners('error').on('error', (error: Error) => {
        worker.unref();
        listener(error.message);
      });
    },
    terminate: async () => {
      await worker.terminate();
    },
  };
}

/** The f64 backend with as many threads as this machine runs at once, or `threads`. */
export function openCpu(threads: number = availableParallelism()): CpuBackend {
  return new CpuBackend({ threads, startWorker });
}
