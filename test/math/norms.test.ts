/** Bounds of |W| are never below it, and close where that is promised; bases of row spaces are what P^+ P needs. */
import { describe, expect, test } from 'vitest';
import { loadAlgebra } from '../../src/model/algebra.js';
import { createNetwork, denseWeights } from '../../src/model/network.js';
import { weightsNorm } from '../../src/model/norm.js';
import { goe } from '../../src/model/random.js';
import { eigenvalueBound, gramOfRows } from '../../src/math/gram.js';
import type { Matrix, Network, WeightBlock } from '../../src/types.js';
import { random } from '../random-model.js';

const algebra = await loadAlgebra();
const matrix = (rows: number, columns: number, entry: (i: number, j: number) => number): Matrix => ({
  rows,
  columns,
  data: Float64Array.from({ length: rows * columns }, (_, k) => entry(Math.floor(k / columns), k % columns)),
});
const normal = (rows: number, columns: number, seed: number, scale = 1) => {
  const r = random(seed);
  return matrix(rows, columns, () => scale * r.normal());
};
const transpose = ({ rows, columns, data }: Matrix) => matrix(columns, rows, (i, j) => data[j * columns + i]);

describe('spectralNorm', () => {
  test('is the largest singular value, never below it, at any scale', () => {
    for (let seed = 0; seed < 60; seed++) {
      const r = random(seed);
      const a = normal(r.integer(1, 12), r.integer(1, 12), seed, 10 ** r.uniform(-150, 150));
      const truth = algebra.svd(a).s[0];
      for (const given of [a, transpose(a)]) {
        const bound = algebra.spectralNorm(given) / truth;
        expect(bound).toBeGreaterThanOrEqual(1 - 1e-14);
        expect(bound).toBeLessThan(1 + 1e-12);
      }
    }
    expect(algebra.spectralNorm(matrix(2, 3, () => 0))).toBe(0);
    expect(() => algebra.spectralNorm(matrix(1, 1, () => NaN))).toThrow(RangeError);
  });

  test('takes any number of columns', () => {
    const a = matrix(2, 100_000, (i, j) => (i === 0 ? 1 : j % 2 === 0 ? 1 : -1));
    expect(algebra.spectralNorm(a)).toBeGreaterThanOrEqual(Math.sqrt(100_000));
    expect(algebra.spectralNorm(a)).toBeLessThan(Math.sqrt(100_000) * (1 + 1e-9));
  });

  test('beyond an eigenvalue solver a bound of a few per cent is proved', () => {
    // Known exactly: 2-norm of the second difference matrix, whose largest eigenvalues crowd.
    const n = 600;
    const truth = 2 + 2 * Math.cos(Math.PI / (n + 1));
    const difference = matrix(n, n, (i, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0));
    expect(algebra.spectralNorm(difference)).toBeGreaterThanOrEqual(truth);
    expect(algebra.spectralNorm(difference)).toBeLessThan(1.05 * truth);
    const random = goe(700, 3, 1);
    const bound = algebra.spectralNorm(random);
    expect(bound).toBeGreaterThan(1.9);
    expect(bound).toBeLessThan(2.2);
  });

  test('Cholesky proves a bound from below any start of the power iteration', () => {
    for (let seed = 0; seed < 40; seed++) {
      const n = 1 + (seed % 9);
      const g = gramOfRows(normal(n, 1 + (seed % 5), seed));
      const truth = Math.max(...algebra.symmetricEigen(g).values);
      expect(eigenvalueBound(g)).toBeGreaterThanOrEqual(truth * (1 - 1e-14));
      expect(eigenvalueBound(g)).toBeLessThan(1.07 * truth);
    }
    // The eigenvector of the largest eigenvalue is orthogonal to all that a symmetric start would see.
    const g = matrix(2, 2, (i, j) => (i === j ? 1 : -0.5));
    expect(eigenvalueBound(g)).toBeGreaterThanOrEqual(1.5);
    expect(eigenvalueBound(matrix(3, 3, () => 0))).toBe(0);
  });
});

describe('weightsNorm', () => {
  const network = (sizes: number[], weights: WeightBlock[], patterns: Network['patterns'] = []) =>
    createNetwork({
      layers: sizes.map((size, k) => ({
        name: String(k),
        size,
        activation: { name: 'relu', parameters: {} },
      })),
      weights,
      patterns,
    }).network;
  /** Couples neighbouring layers, forth and back. */
  const chain = (sizes: number[], seed: number) => {
    const offsets = sizes.map((_, k) => sizes.slice(0, k).reduce((a, b) => a + b, 0));
    return sizes.slice(1).flatMap((size, k): WeightBlock[] => {
      const a = normal(size, sizes[k], seed + k, 1 / Math.sqrt(size));
      return [
        { row: offsets[k + 1], column: offsets[k], matrix: a },
        { row: offsets[k], column: offsets[k + 1], matrix: transpose(a) },
      ];
    });
  };

  test('is exact for two layers, tight for a chain and never too small', () => {
    const two = network([400, 200], chain([400, 200], 1));
    const exact = algebra.svd(two.weights[0].matrix).s[0];
    expect(weightsNorm(two, algebra)).toBeGreaterThanOrEqual(exact * (1 - 1e-14));
    expect(weightsNorm(two, algebra)).toBeLessThan(exact * (1 + 1e-8));
    const three = network([260, 150, 120], chain([260, 150, 120], 2));
    const truth = Math.max(...algebra.symmetricEigen(denseWeights(three)).values.map(Math.abs));
    expect(weightsNorm(three, algebra)).toBeGreaterThanOrEqual(truth);
    expect(weightsNorm(three, algebra)).toBeLessThan(1.2 * truth);
  });

  test('of a dense W, of patterns, of both, and of blocks on the diagonal', () => {
    const w = goe(530, 4, 1);
    const dense = weightsNorm(network([530], [{ row: 0, column: 0, matrix: w }]), algebra);
    const truth = Math.max(...algebra.symmetricEigen(w).values.map(Math.abs));
    expect(dense).toBeGreaterThanOrEqual(truth);
    expect(dense).toBeLessThan(1.05 * truth);
    const factor = matrix(2, 530, (i, j) => (i === 0 ? 1 : j % 2 === 0 ? 1 : -1));
    const patterns = weightsNorm(network([530], [], [{ factor, scale: -1 / 530 }]), algebra);
    expect(patterns).toBeGreaterThanOrEqual(1);
    expect(patterns).toBeLessThan(1 + 1e-9);
    const both = network([530], [{ row: 0, column: 0, matrix: w }], [{ factor, scale: -1 / 530 }]);
    const together = Math.max(...algebra.symmetricEigen(denseWeights(both)).values.map(Math.abs));
    expect(weightsNorm(both, algebra)).toBeGreaterThanOrEqual(together);
    const corners = [
      { row: 0, column: 0, matrix: matrix(1, 1, () => 3) },
      { row: 599, column: 599, matrix: matrix(1, 1, () => -4) },
    ];
    expect(weightsNorm(network([600], corners), algebra)).toBeCloseTo(4, 9);
    expect(weightsNorm(network([600], []), algebra)).toBe(0);
    expect(weightsNorm(network([2], [], []), algebra)).toBe(0);
  });

  test('many layers take the sums of their norms', () => {
    const count = 700;
    const ones = Array.from({ length: count - 1 }, (_, k): WeightBlock[] => [
      { row: k + 1, column: k, matrix: matrix(1, 1, () => 1) },
      { row: k, column: k + 1, matrix: matrix(1, 1, () => 1) },
    ]).flat();
    const bound = weightsNorm(network(Array<number>(count).fill(1), ones), algebra);
    expect(bound).toBeGreaterThanOrEqual(2 * Math.cos(Math.PI / (count + 1)));
    expect(bound).toBeLessThan(2 + 1e-9);
  });
});

describe('rowSpace', () => {
  const product = (q: Matrix) =>
    matrix(q.rows, q.rows, (i, j) => {
      let sum = 0;
      for (let k = 0; k < q.columns; k++) sum += q.data[i * q.columns + k] * q.data[j * q.columns + k];
      return sum;
    });
  /** max |P - P Q^T Q| relative to the rows of P, and max |Q Q^T - I|. */
  const faults = (p: Matrix, q: Matrix) => {
    const unit = product(q).data.reduce(
      (worst, v, k) => Math.max(worst, Math.abs(v - (k % (q.rows + 1) === 0 ? 1 : 0))),
      0,
    );
    let lost = 0;
    for (let i = 0; i < p.rows; i++) {
      const row = p.data.slice(i * p.columns, (i + 1) * p.columns);
      const size = Math.hypot(...row);
      for (let k = 0; k < q.rows; k++) {
        const direction = q.data.subarray(k * q.columns, (k + 1) * q.columns);
        const part = row.reduce((sum, v, j) => sum + v * direction[j], 0);
        row.forEach((_, j) => (row[j] -= part * direction[j]));
      }
      if (size > 0) lost = Math.max(lost, Math.hypot(...row) / size);
    }
    return { unit, lost };
  };

  test('is orthonormal, spans the rows and has their rank', () => {
    for (let seed = 0; seed < 200; seed++) {
      const r = random(seed);
      const [rows, columns] = [r.integer(1, 12), r.integer(1, 12)];
      const rank = r.integer(1, Math.min(rows, columns));
      const [a, b] = [normal(rows, rank, 2 * seed), normal(rank, columns, 2 * seed + 1)];
      const p = matrix(rows, columns, (i, j) => {
        let sum = 0;
        for (let k = 0; k < rank; k++) sum += a.data[i * rank + k] * b.data[k * columns + j];
        return sum;
      });
      const q = algebra.rowSpace(p);
      expect(q.rows).toBe(rank);
      const { unit, lost } = faults(p, q);
      expect(unit).toBeLessThan(1e-14);
      expect(lost).toBeLessThan(1e-11);
    }
  });

  test('does not care for the sizes of the rows, however unequal', () => {
    const p = matrix(
      3,
      3,
      (i, j) =>
        [
          [1e-300, 0, 0],
          [1e300, 1e300, 0],
          [1, 1, 1e-9],
        ][i][j],
    );
    const q = algebra.rowSpace(p);
    expect(q.rows).toBe(3);
    expect(
      faults(
        matrix(3, 3, (i, j) => (i === j ? 1 : 0)),
        q,
      ).lost,
    ).toBeLessThan(1e-12);
    expect(algebra.rowSpace(matrix(2, 2, () => 0))).toEqual(matrix(0, 2, () => 0));
    expect(algebra.rowSpace(matrix(5, 1, (i) => i)).rows).toBe(1);
  });

  test('nearly dependent patterns keep their own direction, to the digits that they have', () => {
    const p = matrix(2, 40, (i, j) => Math.sin(j + 1) + (i === 0 ? 0 : 1e-8 * Math.cos(3 * j)));
    const q = algebra.rowSpace(p);
    expect(q.rows).toBe(2);
    expect(faults(p, q).unit).toBeLessThan(1e-15);
    const difference = matrix(1, 40, (_, j) => Math.cos(3 * j));
    expect(faults(difference, q).lost).toBeLessThan(1e-6);
  });

  test('agrees with the singular value decomposition: Q^T Q = V V^T', () => {
    for (const [rows, columns] of [
      [5, 30],
      [30, 5],
      [12, 12],
    ]) {
      const p = normal(rows, columns, rows);
      const q = algebra.rowSpace(p);
      const { v } = algebra.svd(p);
      for (let i = 0; i < columns; i++)
        for (let j = 0; j < columns; j++) {
          let [mine, theirs] = [0, 0];
          for (let k = 0; k < q.rows; k++) {
            mine += q.data[k * columns + i] * q.data[k * columns + j];
            theirs += v.data[i * v.columns + k] * v.data[j * v.columns + k];
          }
          expect(Math.abs(mine - theirs)).toBeLessThan(1e-12);
        }
    }
  });
});
