/** The census in its plainest form, written on its own: every pattern by Gaussian elimination, and r by its formula. */
import type { Problem } from '../../src/model/problem.js';
import { cellsOf, type Cell } from '../../src/model/piecewise.js';
import { denseWeights } from '../../src/model/network.js';
import { layer64 } from '../../src/model/layer64.js';

export function cellLists({ network }: Problem): (readonly Cell[])[] {
  return network.layers.flatMap(({ size, activation }) =>
    Array.from({ length: size }, () => cellsOf(activation.name, activation.parameters) ?? []),
  );
}

export function* patternsOf(cells: readonly (readonly Cell[])[]): Generator<number[]> {
  const total = cells.reduce((product, own) => product * own.length, 1);
  for (let index = 0; index < total; index++) {
    let rest = index;
    yield cells.map((own) => {
      const cell = rest % own.length;
      rest = (rest - cell) / own.length;
      return cell;
    });
  }
}

/** Gaussian elimination with partial pivoting: the solution and the determinant, undefined where it is 0. */
export function solve(a: number[][], b: number[]): { x: number[]; det: number } | undefined {
  const n = b.length;
  const m = a.map((row, i) => [...row, b[i]]);
  let det = 1;
  for (let k = 0; k < n; k++) {
    let p = k;
    for (let i = k; i < n; i++) if (Math.abs(m[i][k]) > Math.abs(m[p][k])) p = i;
    if (Math.abs(m[p][k]) < 1e-11) return undefined;
    if (p !== k) det = -det;
    [m[k], m[p]] = [m[p], m[k]];
    det *= m[k][k];
    for (let i = k + 1; i < n; i++) {
      const f = m[i][k] / m[k][k];
      for (let j = k; j <= n; j++) m[i][j] -= f * m[k][j];
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    let sum = m[i][n];
    for (let j = i + 1; j < n; j++) sum -= m[i][j] * x[j];
    x[i] = sum / m[i][i];
  }
  return { x, det };
}

export const rowsOf = (problem: Problem): number[][] => {
  const { rows, columns, data } = denseWeights(problem.network);
  return Array.from({ length: rows }, (_, i) => [...data.subarray(i * columns, (i + 1) * columns)]);
};

export function activate({ network }: Problem, y: readonly number[]): number[] {
  return network.layers.flatMap(({ offset, size, activation }) => {
    const out = new Float64Array(size);
    layer64(activation.name, activation.parameters).activation(
      Float64Array.from(y.slice(offset, offset + size)),
      out,
    );
    return [...out];
  });
}

/** W x + b. */
export function affine(problem: Problem, x: readonly number[]): number[] {
  const { bias } = problem.network;
  return rowsOf(problem).map((row, i) => row.reduce((sum, w, j) => sum + w * x[j], bias[i]));
}

/** The solutions of all regular patterns that lie in their cells, as states of the problem; each once. */
export function naiveCensus(problem: Problem): { points: number[][]; singular: number } {
  const w = rowsOf(problem);
  const cells = cellLists(problem);
  const found: number[][] = [];
  let singular = 0;
  for (const pattern of patternsOf(cells)) {
    const own = pattern.map((cell, i) => cells[i][cell]);
    const a = w.map((row, i) => row.map((v, j) => Number(i === j) - v * own[j].slope));
    const solved = solve(
      a,
      affine(
        problem,
        own.map((cell) => cell.offset),
      ),
    );
    if (solved === undefined) {
      singular++;
      continue;
    }
    const y = solved.x;
    if (!y.every((v, i) => v >= own[i].from - 1e-10 && v <= own[i].to + 1e-10)) continue;
    if (!found.some((other) => Math.hypot(...other.map((v, i) => v - y[i])) < 1e-8)) found.push(y);
  }
  const points = problem.equation === 9 ? found.map((y) => activate(problem, y)) : found;
  return { points, singular };
}

/** Whether two lists hold the same points within `tolerance`. */
export function isSameSet(a: readonly number[][], b: readonly number[][], tolerance = 1e-7): boolean {
  const near = (p: number[], q: number[]) =>
    Math.hypot(...p.map((v, i) => v - q[i])) <= tolerance * (1 + Math.hypot(...p));
  return a.length === b.length && a.every((p) => b.filter((q) => near(p, q)).length === 1);
}
