/**
 * The most telling slice of a network: the line of one neuron, the plane of two, and else the plane through three fixed
 * points that shows most of the others, memories and the saddle between them first. Extents are squares: no direction of a
 * landscape is stretched.
 */
import { extentOf, throughStates } from '../figures/index.js';
import { neuronGrid, SliceFrame, type Range } from '../figures/slice.js';
import { dot, norm } from '../model/evaluator.js';
import { applyWeights, applyWeightsTransposed } from '../model/network.js';
import { randomStream } from '../model/random.js';
import type { Grid, Network } from '../types.js';
import type { ReportPoint } from './data.js';

/** A slice and why it was chosen. */
export interface Telling {
  readonly grid: Grid;
  readonly chosen: string;
}

type Placed = Pick<ReportPoint, 'name' | 'class' | 'hits'> & { readonly state: Float64Array };

/** Most points that may span the plane, and most that are counted in it. */
const MOST_SPANNING = 14;
const MOST_COUNTED = 48;
/** Room around the points, as a share of their range. */
const MARGIN = 0.4;
/** Points nearer to a plane than this share of its size are drawn in it (figures/marks.ts). */
const NEAR = 0.02;
/** Least height of a triangle, relative to its longest side. */
const THIN = 0.02;

/** The slice to draw, `side` samples along each axis. */
export function tellingSlice(
  network: Network,
  points: readonly ReportPoint[],
  box: readonly [number, number],
  side: number,
): Telling {
  const n = network.size;
  const placed = points
    .filter(({ falseMemory }) => !falseMemory)
    .map((point): Placed => ({ ...point, state: Float64Array.from(point.state) }));
  if (n <= 2) {
    const units = neuronGrid(n, n === 1 ? [box] : [box, box], n === 1 ? [1024] : [side, side]);
    const extent =
      placed.length > 0 ? around(units, [...placed.map(({ state }) => state), units.origin]) : [];
    const words = n === 1 ? 'the line of the only neuron' : 'the plane of the two neurons';
    return { grid: { ...units, ...(extent.length > 0 ? { extent } : {}) }, chosen: words };
  }
  return throughPoints(placed, side) ?? alongWeights(network, placed, box, side);
}

/** A square around states, with room. */
function around(frame: Pick<Grid, 'origin' | 'axes'>, states: readonly Float64Array[]): Range[] {
  const tight = extentOf(states, frame.origin, frame.axes);
  const reach = Math.max(...tight.map(([lo, hi]) => hi - lo));
  // `extentOf` has added a quarter on each side.
  const half = (reach / 1.5) * (0.5 + MARGIN);
  return tight.map(([lo, hi]): Range => [(lo + hi) / 2 - half, (lo + hi) / 2 + half]);
}

/** The plane through three points that holds most of them. */
function throughPoints(points: readonly Placed[], side: number): Telling | undefined {
  const counted = points.slice(0, MOST_COUNTED);
  let best: (Telling & { readonly score: number }) | undefined;
  for (const three of triples(spanning(points))) {
    const plane = throughStates([three[0].state, three[1].state, three[2].state]);
    if (!plane || isThin(three.map(({ state }) => state))) continue;
    const shown = inPlane(plane, counted);
    const score = shown.reduce((sum, p) => sum + (p.class === 'stable' ? 1.5 : 1), 0) + bonus(three);
    if (best && score <= best.score) continue;
    const extent = around(
      plane,
      shown.map(({ state }) => state),
    );
    const names = three.map(({ name }) => name).join(', ');
    best = {
      grid: { kind: 'grid', ...plane, extent, size: [side, side] },
      chosen: `the plane through ${names}, which shows ${String(shown.length)} of ${String(points.length)} fixed points`,
      score,
    };
  }
  return best && { grid: best.grid, chosen: best.chosen };
}

/** Memories and saddles that may span the plane, by what leads to them. */
function spanning(points: readonly Placed[]): Placed[] {
  const of = (kinds: readonly string[], most: number) =>
    points
      .filter((p) => kinds.includes(p.class))
      .sort((a, b) => b.hits - a.hits)
      .slice(0, most);
  const memories = of(['stable', 'undecided'], MOST_SPANNING / 2);
  return [...memories, ...of(['saddle', 'unstable'], MOST_SPANNING - memories.length)];
}

/** Two memories and the saddle between them say most, then three memories. */
function bonus(three: readonly Placed[]): number {
  const memories = three.filter((p) => p.class === 'stable').length;
  return memories === 2 ? 0.4 : memories === 3 ? 0.3 : 0;
}

function* triples(points: readonly Placed[]): Generator<readonly [Placed, Placed, Placed]> {
  for (let i = 0; i < points.length; i++)
    for (let j = i + 1; j < points.length; j++)
      for (let k = j + 1; k < points.length; k++) yield [points[i], points[j], points[k]];
}

function isThin(states: readonly Float64Array[]): boolean {
  const [a, b, c] = states;
  const u = b.map((v, i) => v - a[i]);
  const w = c.map((v, i) => v - a[i]);
  const longest = Math.max(norm(u), norm(w), norm(u.map((v, i) => v - w[i])));
  const twiceArea = Math.sqrt(Math.max(0, dot(u, u) * dot(w, w) - dot(u, w) ** 2));
  return twiceArea <= THIN * longest * longest;
}

/** The points that lie in a plane as far as figures draw them there. */
function inPlane(plane: Pick<Grid, 'origin' | 'axes' | 'extent'>, points: readonly Placed[]): Placed[] {
  const frame = new SliceFrame({ kind: 'grid', ...plane, size: [1, 1] });
  const reach = Math.max(...plane.extent.map(([lo, hi]) => hi - lo));
  return points.filter(({ state }) => frame.locate(state).distance <= NEAR * reach);
}

const STEPS = 50;

/** Fewer than three points: through what there is, along the directions in which W acts most. */
function alongWeights(
  network: Network,
  points: readonly Placed[],
  box: readonly [number, number],
  side: number,
): Telling {
  const [first, second] = points;
  const origin = points.length > 0 ? first.state : Float64Array.from(network.bias);
  const between = points.length > 1 ? second.state.map((v, i) => v - first.state[i]) : undefined;
  const axes = orthonormal([...(between ? [between] : []), ...leadingDirections(network)]).slice(0, 2);
  const half = (box[1] - box[0]) / 2;
  const whole: Range[] = [
    [-half, half],
    [-half, half],
  ];
  const extent =
    points.length > 1
      ? around(
          { origin, axes },
          points.map(({ state }) => state),
        )
      : whole;
  const through =
    points.length > 0
      ? points
          .slice(0, 2)
          .map(({ name }) => name)
          .join(' and ')
      : 'the bias b';
  return {
    grid: { kind: 'grid', origin, axes, extent, size: [side, side] },
    chosen: `the plane through ${through} along the directions in which W acts most`,
  };
}

/** The two leading left singular vectors of W, nearly, by simultaneous iteration; unit vectors where W vanishes. */
function leadingDirections(network: Network): Float64Array[] {
  const n = network.size;
  const { normal } = randomStream(1, 0);
  let pair: Float64Array[] = [0, 1].map((k) => Float64Array.from({ length: n }, (_, i) => normal(k * n + i)));
  const inner = new Float64Array(n);
  for (let step = 0; step < STEPS; step++) {
    const next = pair.map((v) => {
      const out = new Float64Array(n);
      applyWeightsTransposed(network, v, inner);
      applyWeights(network, inner, out);
      return out;
    });
    const kept = orthonormal(next);
    if (kept.length < 2) break;
    pair = kept;
  }
  return [...pair, ...[0, 1, 2].map((k) => Float64Array.from({ length: n }, (_, i) => (i === k ? 1 : 0)))];
}

/** Vectors made orthonormal, those left out that depend on the ones before. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const found: Float64Array[] = [];
  for (const v of vectors) {
    const rest = Float64Array.from(v);
    for (const q of [...found, ...found]) {
      const along = dot(q, rest);
      for (let i = 0; i < rest.length; i++) rest[i] -= along * q[i];
    }
    const left = norm(rest);
    if (left > 1e-8 * norm(v) && left > 0) found.push(rest.map((x) => x / left));
  }
  return found;
}
