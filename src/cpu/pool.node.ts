/** Worker threads of Node for the CPU backend. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { CpuBackend, type WorkerHandle } from './backend.js';
import type { FromWorker } from './serve.js';

function startWorker(): WorkerHandle {
  const worker = new Worker(new URL(/* @vite-ignore */ './worker.node.js', import.meta.url));
  // Idle threads do not keep the process alive; a run in progress holds a promise that does.
  return {
    send: (message) => {
      worker.postMessage(message);
    },
    onMessage: (listener) => {
      worker.removeAllListeners('message').on('message', (message: FromWorker) => {
        listener(message);
      });
    },
    onFailure: (listener) => {
      worker.removeAllListeners('error').on('error', (error: Error) => {
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
