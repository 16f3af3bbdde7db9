/**
 * Sets beside the true basin that are proved to lie in it (equations.md section 3, local Lyapunov functions).
 *
 * Ellipsoids. V = |T (y - y*)|^2 with P = T^T T from J^T P + P J = -Q, for some Q, or one of the norms of ball.ts. Along the
 * way from y* the activation has secant slopes D: y' = R (W D - I)(y - y*) exactly for eqs. 1 and 13, R (D W - I)(u - u*) for
 * eq. 9. Secant slopes are means of h, which are enclosed for every neuron; where sym(T R (W D - I) T^-1) < 0 for all of them
 * V falls, so the ellipsoid is invariant and all of it goes to y*. That asks for less than contraction (ball.ts), so these
 * ellipsoids are larger.
 *
 * Sublevel sets. With the certified energy (section 4) and R = I the energy falls strictly off the fixed points. If the
 * component of {E < c} around y* held anything that does not go to y*, a mountain pass would lie below c: a fixed point that
 * is no strict minimum, above E(y*) (K. Chang, J. Math. Anal. Appl. 80 (1981), for kinks). So c is the least energy of the
 * fixed points that are not stable and lie above y*: proved where all fixed points are known.
 */
import type { FixedPointSearch } from '../analysis/find-run.js';
import { product, designTimes, residualJacobian } from '../analysis/linearisation.js';
import type { Algebra } from '../model/algebra.js';
import { Evaluator } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import type { Matrix } from '../types.js';
import { familyOf, largestRadius, metricOf, normsOf, type Norm } from './ball.js';
import { lyapunovMatrix } from './lyapunov.js';
import { slopesOf, type Enclose } from './slopes.js';
import type { KnownPoint } from './system.js';

/** {|T (y - y*)| <= radius}, proved to lie in the basin of y*; or why there is none. */
export type LyapunovEllipsoid =
  | {
      readonly certified: true;
      readonly transform: Matrix;
      readonly radius: number;
      /** Radius of the largest ball around y* in it. */
      readonly ball: number;
      /** Where T comes from. */
      readonly norm: string;
    }
  | { readonly certified: false; readonly why: string };

/** The component of {E < level} that holds a memory. */
export interface EnergyWell {
  /** Whether it is proved to lie in the basin; `why` says what the proof rests on, or what it lacks. */
  readonly certified: boolean;
  readonly why: string;
  /** Of the certified energy; null where no fixed point bars the way (then `certified` speaks of everything). */
  readonly level: number | null;
  /** E at the memory. */
  readonly bottom: number;
}

/** Q of Lyapunov's equation: I, and diag(h) to some powers, with this floor relative to the largest. */
const POWERS = [1, -1];
const FLOOR = 0.1;
/** Pieces of each side of an enclosure of secant slopes. */
const PIECES = 8;

/**
 * The ellipsoid of the largest volume that is proved around a stable point, where R does not depend on the state and slopes
 * of the activation are bounded.
 */
export function lyapunovEllipsoid(
  evaluator: Evaluator,
  algebra: Algebra,
  state: Float64Array,
): LyapunovEllipsoid {
  evaluator.moveTo(state);
  const { kind } = evaluator.problem.design;
  if (kind === 'gradient' || kind === 'adaptive-polar')
    return { certified: false, why: `R = ${kind} depends on the state` };
  const enclose = slopesOf(evaluator.problem.network.layers);
  if (typeof enclose === 'string') return { certified: false, why: enclose };
  const family = familyOf(evaluator, secantsOf(enclose));
  if (!family) return { certified: false, why: `R = ${kind} is not defined at this point` };
  let best: (LyapunovEllipsoid & { certified: true }) | undefined;
  let bestVolume = -Infinity;
  for (const norm of [...normsOf(evaluator, algebra), ...weightedNorms(evaluator, algebra)]) {
    const metric = metricOf(norm, algebra);
    if (!metric) continue;
    const radius = largestRadius(family, metric, algebra);
    if (radius === undefined) continue;
    const { transform } = metric;
    const { s } = algebra.svd(transform);
    const volume = s.reduce((sum, v) => sum + Math.log(radius / v), 0);
    if (volume <= bestVolume) continue;
    bestVolume = volume;
    best = { certified: true, transform, radius, ball: radius / s[0], norm: norm.name };
  }
  return best ?? { certified: false, why: 'no norm was found that falls along the flow around it' };
}

/** Whether a state lies in an ellipsoid around `centre`. */
export function isInEllipsoid(
  { transform: { rows, columns, data }, radius }: { readonly transform: Matrix; readonly radius: number },
  centre: Float64Array,
  y: Float64Array,
): boolean {
  let square = 0;
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += data[i * columns + j] * (y[j] - centre[j]);
    square += sum * sum;
  }
  return square <= radius * radius;
}

/**
 * Encloses the secant slopes (g(x + w) - g(x)) / w for |w| <= width. Each is a mean of h from x to x + w. Within a piece the
 * bound of that mean moves one way, from that of the pieces before it to that with it: so the means over whole pieces bound
 * all of them.
 */
function secantsOf(enclose: Enclose): Enclose {
  return (x, width) => {
    const n = x.length;
    const [lo, hi] = [new Float64Array(n).fill(Infinity), new Float64Array(n).fill(-Infinity)];
    for (const side of [-1, 1]) {
      const [least, most] = [new Float64Array(n), new Float64Array(n)];
      for (let piece = 0; piece < PIECES; piece++) {
        const at = x.map((v, i) => v + (side * (piece + 0.5) * width[i]) / PIECES);
        const slopes = enclose(
          at,
          width.map((w) => w / (2 * PIECES)),
        );
        if (!slopes) return undefined;
        for (let i = 0; i < n; i++) {
          least[i] += slopes.middle[i] - slopes.radius[i];
          most[i] += slopes.middle[i] + slopes.radius[i];
          lo[i] = Math.min(lo[i], least[i] / (piece + 1));
          hi[i] = Math.max(hi[i], most[i] / (piece + 1));
        }
      }
    }
    return {
      middle: lo.map((v, i) => (v + hi[i]) / 2),
      radius: lo.map((v, i) => (hi[i] - v) / 2),
    };
  };
}

/** T of J^T P + P J = -diag(q): with S = diag(q)^(1/2), P = S P' S where P' solves it for S J S^-1 and Q = I. */
function* weightedNorms(evaluator: Evaluator, algebra: Algebra): Generator<Norm> {
  const n = evaluator.y.length;
  const jacobian = designTimes(evaluator, residualJacobian(evaluator));
  const h = new Float64Array(n);
  evaluator.lifted.hessianDiagonal(evaluator.x, h);
  const most = h.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  if (!jacobian || !(most > 0)) return;
  for (const power of POWERS) {
    const s = h.map((v) => Math.max(Math.abs(v) / most, FLOOR) ** (power / 2));
    const scaled = { ...jacobian, data: jacobian.data.map((v, k) => (v * s[Math.floor(k / n)]) / s[k % n]) };
    const p = lyapunovMatrix(scaled, algebra);
    if (!p) continue;
    const { values, vectors } = algebra.symmetricEigen(p);
    if (!(values[0] > 0)) continue;
    const root = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) root[i * n + j] = Math.sqrt(values[i]) * vectors.data[j * n + i] * s[j];
    yield { name: `Lyapunov, Q = diag(h)^${String(power)}`, full: { rows: n, columns: n, data: root } };
  }
}

/** Rounding of energies at fixed points. */
const ROUNDING = 1e-9;

/**
 * The well of a memory in the certified energy.
 * @param problem with the certified energy; its dynamics are those of the basins.
 * @param points all fixed points, of every class.
 */
export function energyWell(
  problem: Problem,
  algebra: Algebra,
  memory: Float64Array,
  {
    points,
    complete,
    how,
  }: Pick<FixedPointSearch, 'complete' | 'how'> & {
    readonly points: readonly KnownPoint[];
  },
): EnergyWell {
  const evaluator = new Evaluator(problem, algebra);
  const energyAt = (y: Float64Array) => {
    evaluator.moveTo(y);
    return evaluator.energy();
  };
  const bottom = energyAt(memory);
  const above = points
    .filter((point) => point.class !== 'stable' || point.continuum)
    .map(({ state }) => energyAt(state))
    .filter((e) => e > bottom);
  const pass = Math.min(...above);
  const level = pass === Infinity ? null : pass - ROUNDING * (1 + Math.abs(pass));
  const lacks = lacking(problem, points, complete, how);
  return { certified: lacks === undefined, why: lacks ?? how, level, bottom };
}

function lacking(
  { energy, design }: Problem,
  points: readonly KnownPoint[],
  complete: boolean,
  how: string,
): string | undefined {
  if (!energy.certified) return `the energy is not certified: ${energy.why}`;
  if (design.kind !== 'identity') return 'R is not I: the proof is for the original flow';
  if (points.some(({ continuum }) => continuum)) return 'some fixed points are not isolated';
  return complete ? undefined : `a fixed point may be missing: ${how}`;
}

/** The ellipse in which a plane cuts an ellipsoid; empty where it misses it. */
export function ellipseIn(
  { transform, radius }: { readonly transform: Matrix; readonly radius: number },
  centre: Float64Array,
  origin: Float64Array,
  axes: readonly Float64Array[],
): [number, number][] {
  const through = (v: Float64Array) => product(transform, { rows: v.length, columns: 1, data: v }).data;
  const [a, b] = axes.map(through);
  const c = through(origin.map((v, i) => v - centre[i]));
  const dot = (u: Float64Array, v: Float64Array) => u.reduce((sum, x, i) => sum + x * v[i], 0);
  // Of |s a + t b + c|^2: L L^T = [[a.a, a.b], [a.b, b.b]].
  const l11 = Math.sqrt(dot(a, a));
  const l21 = dot(a, b) / l11;
  const l22 = Math.sqrt(dot(b, b) - l21 * l21);
  const z1 = -dot(a, c) / l11;
  const z2 = (-dot(b, c) - l21 * z1) / l22;
  const left = radius * radius - (dot(c, c) - z1 * z1 - z2 * z2);
  if (!(left > 0)) return [];
  const r = Math.sqrt(left);
  return Array.from({ length: CORNERS + 1 }, (_, k) => {
    const angle = (2 * Math.PI * k) / CORNERS;
    const t = (z2 + r * Math.sin(angle)) / l22;
    return [(z1 + r * Math.cos(angle) - l21 * t) / l11, t];
  });
}

const CORNERS = 96;
