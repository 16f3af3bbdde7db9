/** Rank, null spaces, linear programs and sums of the census, against slower ways to the same numbers. */
import { expect, test } from 'vitest';
import { completePivoting, orthonormal } from '../../src/math/complete-pivoting.js';
import { Lu } from '../../src/math/lu.js';
import { Accumulator } from '../../src/math/double-double.js';
import { maximise } from '../../src/math/simplex.js';
import { random } from '../random-model.js';

test('complete pivoting: the rank, solutions and null space of products of known rank', () => {
  for (let seed = 0; seed < 200; seed++) {
    const r = random(seed);
    const n = r.integer(1, 8);
    const rank = r.integer(0, n);
    const left = Array.from({ length: n * rank }, () => r.normal());
    const right = Array.from({ length: n * rank }, () => r.normal());
    const a = Float64Array.from({ length: n * n }, (_, k) => {
      let sum = 0;
      for (let q = 0; q < rank; q++) sum += left[Math.floor(k / n) * rank + q] * right[q * n + (k % n)];
      return sum;
    });
    const apply = (x: Float64Array) =>
      Float64Array.from({ length: n }, (_, i) => x.reduce((sum, v, j) => sum + a[i * n + j] * v, 0));
    const factors = completePivoting(a, n, 1e-12);
    expect(factors.rank).toBe(rank);
    const basis = factors.nullSpace();
    expect(basis).toHaveLength(n - rank);
    basis.forEach((z, k) => {
      expect(Math.hypot(...apply(z))).toBeLessThan(1e-9);
      basis.forEach((other, l) => {
        expect(z.reduce((sum, v, i) => sum + v * other[i], 0)).toBeCloseTo(Number(k === l), 12);
      });
    });
    const known = Float64Array.from({ length: n }, () => r.normal());
    const { solution, defect } = factors.solve(apply(known));
    expect(defect).toBeLessThan(1e-11);
    const image = apply(solution);
    apply(known).forEach((v, i) => {
      expect(image[i]).toBeCloseTo(v, 8);
    });
    // A generic right-hand side has a solution exactly where the rank is full.
    const generic = Float64Array.from({ length: n }, () => 1 + r.normal() ** 2);
    if (rank < n) expect(factors.solve(generic).defect).toBeGreaterThan(1e-6);
  }
});

test('LU: solutions of every size in one workspace, whatever the pivots; a singular matrix has pivot ratio 0', () => {
  const lu = new Lu(17);
  for (let seed = 0; seed < 340; seed++) {
    const r = random(seed);
    const n = 1 + (seed % 17);
    // Zeros on the diagonal: without exchanges of rows there is no factorisation.
    const a = Float64Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 && n > 1 ? 0 : r.normal()));
    const x = Float64Array.from({ length: n }, () => r.normal());
    const b = x.map((_, i) => x.reduce((sum, v, j) => sum + a[i * n + j] * v, 0));
    lu.matrix.set(a);
    const ratio = lu.factor(n);
    expect(ratio > 0 && ratio <= 1).toBe(true);
    lu.solve(b);
    x.forEach((v, i) => {
      expect(Math.abs(b[i] - v)).toBeLessThan((1e-13 / ratio) * (1 + Math.abs(v)));
    });
    a.fill(0, 0, n);
    lu.matrix.set(a);
    expect(lu.factor(n)).toBe(0);
  }
});

test('Gram-Schmidt leaves dependent vectors out', () => {
  const basis = orthonormal([Float64Array.of(3, 0), Float64Array.of(-1, 0), Float64Array.of(1, 1)]);
  expect(basis.map((v) => [...v])).toEqual([
    [1, 0],
    [0, 1],
  ]);
});

test('the accumulator adds what f64 loses', () => {
  const sum = new Accumulator();
  for (const v of [1, 1e100, 1, -1e100]) sum.add(v);
  expect(sum.value()).toBe(2);
  sum.clear();
  sum.addProduct(0.1, 0.1);
  sum.add(-(0.1 * 0.1));
  // 0.1 * 0.1 is rounded by -8.327e-19: 0.1 is 3602879701896397 / 2^55.
  const exact = Number(3602879701896397n ** 2n - BigInt(0.1 * 0.1 * 2 ** 60) * 2n ** 50n) / 2 ** 110;
  expect(sum.value()).toBe(exact);
  expect(exact).not.toBe(0);
});

/** All vertices of A x <= b in the plane, the best of them; undefined where the program is unbounded. */
function bestVertex(c: number[], rows: number[][], bounds: number[]): number {
  let best = -Infinity;
  for (let i = 0; i < rows.length; i++)
    for (let j = 0; j < i; j++) {
      const det = rows[i][0] * rows[j][1] - rows[i][1] * rows[j][0];
      if (Math.abs(det) < 1e-12) continue;
      const x = [
        (bounds[i] * rows[j][1] - bounds[j] * rows[i][1]) / det,
        (rows[i][0] * bounds[j] - rows[j][0] * bounds[i]) / det,
      ];
      if (rows.every((row, k) => row[0] * x[0] + row[1] * x[1] <= bounds[k] + 1e-9))
        best = Math.max(best, c[0] * x[0] + c[1] * x[1]);
    }
  return best;
}

test('linear programs in the plane against their vertices', () => {
  for (let seed = 0; seed < 300; seed++) {
    const r = random(seed);
    const rows = Array.from({ length: 6 }, () => [r.normal(), r.normal()]);
    // Some bounds are 0: degenerate corners, where the method could cycle.
    const bounds = rows.map(() => (r.uniform() < 0.4 ? 0 : r.uniform()));
    const box = [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ];
    const all = { rows: [...rows, ...box], bounds: [...bounds, 2, 2, 2, 2] };
    const c = [r.normal(), r.normal()];
    const { value, x } = maximise(c, all);
    expect(value).toBeCloseTo(bestVertex(c, all.rows, all.bounds), 8);
    expect(c[0] * x[0] + c[1] * x[1]).toBeCloseTo(value, 8);
    all.rows.forEach((row, k) => {
      expect(row[0] * x[0] + row[1] * x[1]).toBeLessThan(all.bounds[k] + 1e-8);
    });
  }
});

test('unbounded programs', () => {
  expect(maximise([1, 0], { rows: [[-1, 0]], bounds: [1] }).value).toBe(Infinity);
  expect(maximise([-1, 0], { rows: [[-1, 0]], bounds: [1] }).value).toBe(1);
  expect(maximise([0, 1], { rows: [[-1, 1]], bounds: [1] }).value).toBe(Infinity);
});
