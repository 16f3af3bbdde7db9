/** The pool of the CPU backend with workers made by hand: whatever goes wrong, a run settles. */
import { expect, test } from 'vitest';
import { CpuBackend, type WorkerHandle } from '../../src/cpu/backend.js';
import type { FromWorker, ToWorker } from '../../src/cpu/serve.js';
import { evaluateTile } from '../../src/cpu/evaluate.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { createPlan, type AnyPlan, type Plan } from '../../src/plan/plan.js';
import { randomProblem } from '../random-model.js';

const algebra = await loadAlgebra();

async function planned(): Promise<Plan> {
  const problem = await randomProblem({
    activation: 'tanh',
    equation: 1,
    design: 'identity',
    energy: 4,
    thirdAlone: false,
    size: 3,
    seed: 1,
  });
  const vector = (k: number) => Float64Array.from({ length: 3 }, (_, i) => Number(i === k));
  const extent = [-1, 1] as const;
  const sampling = {
    kind: 'grid' as const,
    origin: vector(9),
    axes: [vector(0), vector(1)],
    extent: [extent, extent],
    size: [256, 256],
  };
  const plan = createPlan({ problem, sampling, quantities: ['energy'] }, new CpuBackend().profile);
  const tiles = Array.from({ length: 32 }, (_, k) => ({ column: 0, columns: 256, row: 8 * k, rows: 8 }));
  return { ...plan, tiles, tileMilliseconds: 10 };
}

/** A worker in this thread; `answer` may spoil what it says. */
function worker(answer: (result: FromWorker, count: number) => FromWorker | undefined): () => WorkerHandle {
  return () => {
    let plan: AnyPlan | undefined;
    let listener: (message: FromWorker) => void = () => undefined;
    let count = 0;
    return {
      send: (message: ToWorker) => {
        if ('plan' in message) {
          plan = message.plan;
          return;
        }
        const { tile } = message;
        setTimeout(() => {
          const reply = plan && answer({ result: evaluateTile(plan, tile, { algebra }) }, ++count);
          if (reply) listener(reply);
        }, 1);
      },
      onMessage: (take) => {
        listener = take;
      },
      onFailure: () => undefined,
      terminate: () => Promise.resolve(),
    };
  };
}

test('every tile arrives once', async () => {
  const backend = new CpuBackend({ threads: 3, startWorker: worker((result) => result) });
  const rows: number[] = [];
  await backend.run(await planned(), { onTile: ({ tile }) => void rows.push(tile.row) });
  expect(rows.sort((a, b) => a - b)).toEqual(Array.from({ length: 32 }, (_, k) => 8 * k));
});

test('a failing worker, a listener that throws and an abort reject the run', async () => {
  const plan = await planned();
  const failing = new CpuBackend({
    threads: 2,
    startWorker: worker((result, count) => (count === 3 ? { failure: 'out of luck' } : result)),
  });
  await expect(failing.run(plan, { onTile: () => undefined })).rejects.toMatchObject({
    code: 'worker-failed',
  });
  const sound = new CpuBackend({ threads: 2, startWorker: worker((result) => result) });
  const thrower = () => {
    throw new Error('the disk is full');
  };
  await expect(sound.run(plan, { onTile: thrower })).rejects.toThrow('the disk is full');
  const abort = new AbortController();
  let seen = 0;
  const aborted = sound.run(plan, {
    signal: abort.signal,
    onTile: () => {
      if (++seen === 2) abort.abort(new Error('enough'));
    },
  });
  await expect(aborted).rejects.toThrow('enough');
  // And the backend takes the next run.
  await sound.run(plan, {
    onTile: () => {
      seen++;
    },
  });
  expect(seen).toBe(34);
});

test('disposing of the backend during a run rejects it', async () => {
  const silent = new CpuBackend({ threads: 2, startWorker: worker(() => undefined) });
  const run = silent.run(await planned(), { onTile: () => undefined });
  setTimeout(() => void silent.dispose(), 20);
  await expect(run).rejects.toMatchObject({ code: 'worker-failed' });
});
