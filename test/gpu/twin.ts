/** Kernels against the f64 twin at free points: every value within four running error bounds, masks and counts equal. */
import { loadAlgebra } from '../../src/model/algebra.js';
import { BoundedEvaluator } from '../../src/model/bound.js';
import type { Problem } from '../../src/model/problem.js';
import { createPlan } from '../../src/plan/plan.js';
import type { Quantity } from '../../src/types.js';
import { backend } from '../gpu-backend.js';

const MASKS: ReadonlySet<Quantity> = new Set(['dead-count', 'alive-mask', 'blind-spot']);

/** What many comparisons found. */
export class Tally {
  readonly worst = new Map<Quantity, { ratio: number; where: string }>();
  compared = 0;
  nearThreshold = 0;
  undetermined = 0;

  toString(): string {
    const rows = [...this.worst].map(
      ([q, { ratio, where }]) => `  ${q.padEnd(16)} ${ratio.toFixed(2)} of the bound  ${where}`,
    );
    return `${String(this.compared)} values compared with f64 on ${backend.info.name}; ${String(this.nearThreshold)} masks and counts within rounding of a threshold, ${String(this.undetermined)} values undetermined in f32\n${rows.join('\n')}`;
  }
}

/** Evaluates `states`, [count][N], on the device, and returns what does not agree with the f64 twin of `expected`. */
export async function disagreements(
  problem: Problem,
  states: Float64Array,
  quantities: readonly Quantity[],
  tally: Tally,
  expected: Problem = problem,
): Promise<string[]> {
  const n = problem.network.size;
  const count = states.length / n;
  const plan = createPlan(
    { problem, sampling: { kind: 'points', count, states }, quantities },
    backend.profile,
  );
  const found: { column: number; columns: number; values: Float32Array | Float64Array }[] = [];
  await backend.run(plan, {
    onTile: ({ tile: { column, columns }, values }) => {
      found.push({ column, columns, values });
    },
  });
  const twin = new BoundedEvaluator(expected, await loadAlgebra());
  const faults: string[] = [];
  for (const { column, columns, values } of found)
    for (let point = 0; point < columns; point++) {
      twin.moveTo(states.subarray((column + point) * n, (column + point + 1) * n));
      for (const plane of plan.planes) {
        const { value, error } = twin.evaluate(plane.quantity);
        value.forEach((wanted, i) => {
          const actual = values[(plane.first + i) * columns + point];
          tally.compared++;
          if (Number.isNaN(wanted) && Number.isNaN(actual)) return;
          // A polar factor that f32 cannot determine (model/bound.ts): counted, and bounded by the caller.
          if (!Number.isFinite(error[i])) {
            tally.undetermined++;
            return;
          }
          const difference = Math.abs(actual - wanted);
          if (MASKS.has(plane.quantity)) {
            if (error[i] > 0) tally.nearThreshold++;
            if (difference <= error[i]) return;
          } else {
            const ratio = difference / error[i];
            if (!(ratio <= (tally.worst.get(plane.quantity)?.ratio ?? 0)))
              tally.worst.set(plane.quantity, { ratio, where: problem.name });
            if (ratio <= 4 || difference === 0) return;
          }
          faults.push(
            `${plane.quantity}[${String(i)}] at point ${String(column + point)}: ${String(actual)} in f32, ${String(wanted)} in f64, bound ${error[i].toExponential(2)}: ${problem.name}`,
          );
        });
      }
    }
  return faults;
}
