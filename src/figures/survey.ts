/**
 * Everything a picture of a landscape says besides its values: the flow, blind spots, dead neurons, fixed points and
 * the verdict on the energy, on the same slice. Side information is sampled more coarsely than the field, and the
 * more so the larger the network, so that it never costs more than the field itself.
 */
import type { CountField, DeadRanges, Mask, PlotCurve, VectorField, Verdict } from '../figure/picture.js';
import { loadAlgebra } from '../model/algebra.js';
import { activationRow } from '../model/activation.js';
import type { Problem } from '../model/problem.js';
import type { Field } from '../simulator.js';
import type { Grid, Quantity } from '../types.js';
import { blindRays, namePoints, type NamedPoint } from './marks.js';
import { searchPlane } from './search.js';
import { neuronOf, resampled, SliceFrame } from './slice.js';
import type { Tally } from './tally.js';
import { percent } from './words.js';

interface Judgement {
  readonly verdict: Verdict;
  readonly words: string;
}

/** What is known about an energy on a plane. */
export interface Survey {
  readonly points: readonly NamedPoint[];
  /** Whether fixed points were looked for at all. */
  readonly searched: boolean;
  readonly flow: VectorField;
  readonly blind: Mask;
  readonly blindSamples: number;
  readonly deadCount: CountField;
  readonly deadRanges: DeadRanges;
  readonly blindCurves: readonly PlotCurve[];
  readonly judgement: Judgement;
  /** Least eigenvalue of sym(M^T R) among the samples, where it was looked at. */
  readonly leastCertificate?: number;
}

export interface SurveyOptions {
  /** Side of the masks. Default 256, less for large networks. */
  readonly side?: number;
  /** Side of the flow. Default 64, less for large networks. */
  readonly flowSide?: number;
  /** Fixed points that are known already; none are searched then. */
  readonly points?: readonly NamedPoint[];
}

const FLOW_SIDE = 64;
const CERTIFICATE_SIDE = 32;
/** Larger networks: coarser masks and flow; no matrices. */
const SMALL_NEURONS = 64;
const MATRIX_NEURONS = 8;

const sideFor = (n: number) => (n <= SMALL_NEURONS ? 256 : n <= 512 ? 64 : 32);

/** The values of one quantity of an evaluation. */
export function valuesOf(fields: ReadonlyMap<Quantity, Field>, quantity: Quantity): Field['data'] {
  const field = fields.get(quantity);
  if (field === undefined) throw new RangeError(`'${quantity}' was not computed`);
  return field.data;
}

/** Vectors of N components as (s', t') per sample. */
export function projectVectors(grid: Grid, data: Field['data']): VectorField {
  const frame = new SliceFrame(grid);
  const n = grid.origin.length;
  const samples = data.length / n;
  const vectors = new Float64Array(2 * samples);
  const v = new Float64Array(n);
  for (let k = 0; k < samples; k++) {
    for (let i = 0; i < n; i++) v[i] = data[k * n + i];
    vectors.set(frame.project(v), 2 * k);
  }
  return { vectors, size: [grid.size[0], grid.size[1]] };
}

/** Dead neurons without the directions that are dead in every state (the shift of a softmax): those are no news. */
function newsOf({ network }: Problem, counts: Field['data']): Float64Array {
  const always = network.layers.reduce(
    (sum, { activation }) => sum + (activationRow(activation.name).alwaysDead ?? 0),
    0,
  );
  return Float64Array.from(counts, (v) => v - always);
}

/** Surveys the energy and the dynamics of a problem on a plane. */
export async function survey(
  problem: Problem,
  grid: Grid,
  tally: Tally,
  options: SurveyOptions = {},
): Promise<Survey> {
  const n = problem.network.size;
  const side = options.side ?? sideFor(n);
  const masks = resampled(grid, [side, side]);
  const { fields } = await tally.evaluate({
    problem,
    sampling: masks,
    quantities: ['blind-spot', 'dead-count'],
  });
  const flowSide = options.flowSide ?? (n <= SMALL_NEURONS ? FLOW_SIDE : 24);
  const coarse = resampled(grid, [flowSide, flowSide]);
  const velocity = await tally.evaluate({ problem, sampling: coarse, quantities: ['rhs'] });
  const blind = Uint8Array.from(valuesOf(fields, 'blind-spot'), (v) => (v > 0 ? 1 : 0));
  const algebra = await loadAlgebra();
  tally.signal?.throwIfAborted();
  const points = options.points ?? searchPlane(problem, algebra, grid);
  const named = options.points ?? namePoints(points ?? []);
  const leastCertificate = await least(problem, grid, tally);
  const blindSamples = blind.reduce((sum, v) => sum + v, 0);
  const blindCurves = blindRays(problem, algebra, grid, named);
  return {
    points: named,
    searched: points !== undefined,
    flow: projectVectors(coarse, valuesOf(velocity.fields, 'rhs')),
    blind: { mask: blind, size: [side, side] },
    blindSamples,
    deadCount: { values: newsOf(problem, valuesOf(fields, 'dead-count')), size: [side, side] },
    deadRanges: await deadRanges(problem, masks, tally),
    blindCurves,
    judgement: judge(problem, {
      blindSamples,
      samples: side * side,
      curves: blindCurves.length,
      leastCertificate,
    }),
    ...(leastCertificate === undefined ? {} : { leastCertificate }),
  };
}

/** Least eigenvalue of condition (11) on a coarse grid; only needed where there is no proof. */
async function least(problem: Problem, grid: Grid, tally: Tally): Promise<number | undefined> {
  if (problem.energy.certified || problem.network.size > MATRIX_NEURONS) return undefined;
  const sampling = resampled(grid, [CERTIFICATE_SIDE, CERTIFICATE_SIDE]);
  const { fields } = await tally.evaluate({ problem, sampling, quantities: ['certificate'] });
  const values = valuesOf(fields, 'certificate');
  let found = Infinity;
  for (const v of values) if (v < found) found = v;
  return Number.isFinite(found) ? found : undefined;
}

/** Below this, a sampled eigenvalue of condition (11) is negative and not rounding. */
const NEGATIVE = -1e-5;

function judge(
  problem: Problem,
  found: { blindSamples: number; samples: number; curves: number; leastCertificate: number | undefined },
): Judgement {
  const { blindSamples, samples, curves, leastCertificate } = found;
  if (blindSamples > 0)
    return { verdict: 'blind', words: `blind on ${percent(blindSamples / samples)} of this view` };
  if (curves > 0)
    return { verdict: 'blind', words: `blind on ${curves === 1 ? 'a line' : `${String(curves)} lines`}` };
  if (problem.energy.certified) return { verdict: 'certified', words: 'blind nowhere, falls on every path' };
  if (leastCertificate !== undefined && leastCertificate < NEGATIVE)
    return {
      verdict: 'unproved',
      words: `not proved: least eigenvalue ${leastCertificate.toPrecision(2).replace('-', '−')}`,
    };
  return { verdict: 'unproved', words: 'no blind spot seen, not proved' };
}

/** Where the neuron of an axis is dead on every sample of the other axis. */
async function deadRanges(problem: Problem, grid: Grid, tally: Tally): Promise<DeadRanges> {
  const neurons = grid.axes.map(neuronOf);
  if (neurons.some((k) => k === undefined) || problem.equation === 9) return {};
  const ranges: Partial<Record<'s' | 't', [number, number][]>> = {};
  for (const [k, name] of (['s', 't'] as const).entries()) {
    const neuron = neurons[k] ?? 0;
    const line: Grid = { ...grid, axes: [grid.axes[k]], extent: [grid.extent[k]], size: [grid.size[k]] };
    const { fields } = await tally.evaluate({ problem, sampling: line, quantities: ['alive-mask'] });
    const alive = valuesOf(fields, 'alive-mask');
    const n = problem.network.size;
    const dead = Uint8Array.from({ length: grid.size[k] }, (_, i) => (alive[i * n + neuron] === 0 ? 1 : 0));
    const found = runs(dead).map(([a, b]) => edges(grid.extent[k], grid.size[k], a, b));
    if (found.length > 0) ranges[name] = found;
  }
  return ranges;
}

/** First and last index of every run of ones. */
export function runs(mask: ArrayLike<number>): [number, number][] {
  const found: [number, number][] = [];
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    const last = found.at(-1);
    if (last?.[1] === i - 1) last[1] = i;
    else found.push([i, i]);
  }
  return found;
}

/** Outer edges of the cells a .. b of an axis. */
export function edges(
  [lo, hi]: readonly [number, number],
  size: number,
  a: number,
  b: number,
): [number, number] {
  const step = (hi - lo) / size;
  return [a === 0 ? lo : lo + a * step, b === size - 1 ? hi : lo + (b + 1) * step];
}
