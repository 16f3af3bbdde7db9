/** Web workers as a pool of the f64 backend: what they compute is what the page computes. */
import { expect, test } from 'vitest';
import * as memscape from '../../src/index.js';
import model from '../../models/mlp-feedback.json?raw';
import { compute, hashes } from './request.js';

let started = 0;

function startWorker(): memscape.WorkerHandle {
  started++;
  const worker = new Worker(new URL('../../src/cpu/worker.web.ts', import.meta.url), { type: 'module' });
  return {
    send: (message) => {
      worker.postMessage(message);
    },
    onMessage: (listener) => {
      worker.onmessage = ({ data }: MessageEvent<Parameters<typeof listener>[0]>) => {
        listener(data);
      };
    },
    onFailure: (listener) => {
      worker.onerror = ({ message }) => {
        listener(message);
      };
    },
    terminate: () => {
      worker.terminate();
      return Promise.resolve();
    },
  };
}

test('a pool of web workers computes what the page computes', async () => {
  // Large enough to be worth a pool.
  const request = { model, size: 400, quantities: ['energy', 'rhs'] as const };
  const alone = new memscape.Simulator(new memscape.CpuBackend());
  const pool = new memscape.Simulator(new memscape.CpuBackend({ threads: 2, startWorker }));
  try {
    const expected = hashes(await compute(memscape, alone, request));
    expect(hashes(await compute(memscape, pool, request))).toEqual(expected);
    expect(started).toBe(2);
  } finally {
    await pool.dispose();
  }
});
