/** What `memscape basins` says: the facts of attractors.json, and the same in lines for people. */
import type { FixedPoint } from '../analysis/fixed-points.js';
import { basinEntropy, uncertaintyExponent } from '../basins/boundary.js';
import { compareBasins, VERDICT, type Comparison } from '../basins/comparison.js';
import type { Estimate } from '../basins/estimate.js';
import { LABEL } from '../basins/labels.js';
import type { BasinMap } from '../basins/map-run.js';
import { inPieces, type Interruptible } from '../basins/pieces.js';
import type { InnerBounds, ProvedShare } from '../basins/proved.js';
import { sliceShocks, type FatalShock, type SliceShock } from '../basins/shock.js';
import type { Attractor, BasinSystem } from '../basins/system.js';
import { attractorNames, basinPoints } from '../figures/basin-figure.js';
import { count, percent } from '../figures/words.js';
import type { Grid } from '../types.js';
import type { BasinWork } from './basins-work.js';

/** Shares of basins that inner bounds prove: on the slice, and of the starts in N dimensions. */
export interface ProvedFacts {
  readonly slice: readonly (ProvedShare | null)[];
  readonly box?: readonly (ProvedShare | null)[];
}

/** The facts of a map and of what else was asked for. */
export async function basinFacts(
  work: BasinWork,
  grid: Grid,
  points: readonly FixedPoint[],
  seed: number,
  proved: ProvedFacts | undefined,
  watch: Interruptible,
) {
  const { system, map, fractions, bounds, shocks } = work;
  const nearest = shocks ? await sliceShocks(system, grid, map.labels, watch) : undefined;
  const total = map.labels.length;
  const names = attractorNames(system, basinPoints(points));
  const nameOf = (label: number) =>
    label >= 0 ? names[label] : (Object.entries(LABEL).find(([, own]) => own === label)?.[0] ?? 'unknown');
  return {
    method: system.method,
    step: system.step,
    horizon: system.horizon,
    attractors: system.attractors.map((attractor, k) => ({
      ...attractorFacts(attractor, names[k], map.counts.attractors[k], total),
      ...(fractions ? { fraction: fractions.attractors[k] ?? ZERO } : {}),
      ...(shocks ? { shock: shockFacts(nearest?.[k], shocks[k], nameOf) } : {}),
      ...(proved ? { inner: innerFacts(bounds?.[k], proved.slice[k], proved.box?.[k]) } : {}),
    })),
    otherLabels: LABEL,
    others: map.counts.others,
    starts: total,
    followed: map.followed,
    judgedInF64: map.judged,
    leftUndecided: map.unjudged,
    ...(map.refinement ? { refinement: map.refinement } : {}),
    basinEntropy: (await basinEntropy(map.labels, grid.size, watch)) ?? null,
    uncertainty: (await uncertaintyExponent(map.labels, grid.size, seed, watch)) ?? null,
    ...(fractions
      ? {
          fractions: {
            box: fractions.box,
            points: fractions.points,
            scramblings: fractions.scramblings,
            others: fractions.others,
          },
        }
      : {}),
  };
}

type BasinFacts = Awaited<ReturnType<typeof basinFacts>>;

/** Of an attractor that was found after it could have been counted. */
const ZERO: Estimate = { value: 0, standardError: 0 };

function attractorFacts(attractor: Attractor, name: string, starts: number, total: number) {
  const share = starts / total;
  // Of a binomial count: what the shares of as many random starts would scatter by.
  // As if the samples were random: for a grid across a smooth boundary it is an upper estimate.
  const found = { name, starts, share, standardError: Math.sqrt((share * (1 - share)) / total) };
  if (attractor.kind === 'limit-cycle')
    return {
      kind: attractor.kind,
      ...found,
      period: attractor.period,
      orbit: attractor.orbit.map((y) => [...y]),
    };
  const { state, certificate } = attractor;
  return {
    kind: attractor.kind,
    ...found,
    state: [...state],
    certifiedBall: certificate.certified
      ? {
          norm: certificate.norm,
          weights: [...certificate.stop.weights],
          radius: Math.sqrt(certificate.stop.square),
        }
      : null,
    ...(certificate.certified ? {} : { uncertified: certificate.why }),
  };
}

const shockFacts = (
  slice: SliceShock | null | undefined,
  full: FatalShock | null | undefined,
  nameOf: (label: number) => string,
) => ({
  slice: slice ? { ...slice, state: [...slice.state], to: nameOf(slice.to) } : null,
  allDimensions: full
    ? {
        ...full,
        state: full.state ? [...full.state] : null,
        to: full.to === null ? null : nameOf(full.to),
      }
    : null,
});

function innerFacts(
  bounds: InnerBounds | null | undefined,
  slice: ProvedShare | null | undefined,
  box: ProvedShare | null | undefined,
) {
  if (!bounds) return null;
  const { ellipsoid, well } = bounds;
  return {
    ellipsoid: ellipsoid.certified
      ? { ...ellipsoid, transform: { ...ellipsoid.transform, data: [...ellipsoid.transform.data] } }
      : ellipsoid,
    well,
    share: { slice: slice ?? null, box: box ?? null },
  };
}

/** The facts of a comparison, with the maps in common numbers. */
export async function comparisonFacts(
  work: BasinWork,
  names: readonly [string, string],
  watch: Interruptible,
) {
  const { system, map, second } = work;
  if (!second) return undefined;
  const comparison = await compareBasins(
    { system, labels: map.labels },
    { system: second.system, labels: second.map.labels },
    watch,
  );
  const { attractors, counts, agree, differ, untold, share } = comparison;
  return {
    comparison,
    facts: {
      between: names,
      method: second.system.method,
      step: second.system.step,
      attractors: attractors.map(({ attractor, first, second: other }) => ({
        kind: attractor.kind,
        ...(attractor.kind === 'fixed-point'
          ? { state: [...attractor.state] }
          : { period: attractor.period, orbit: attractor.orbit.map((y) => [...y]) }),
        inFirst: first !== null,
        inSecond: other !== null,
      })),
      verdicts: VERDICT,
      agree,
      differ,
      untold,
      share,
      counts,
    } satisfies Record<string, unknown>,
  } satisfies { comparison: Comparison; facts: unknown };
}

const spread = ({ value, standardError }: Estimate) =>
  standardError === null ? value.toFixed(4) : `${value.toFixed(4)} +- ${standardError.toFixed(4)}`;

/** The facts in lines. */
export function* basinWords(
  facts: BasinFacts & {
    readonly comparison?: NonNullable<Awaited<ReturnType<typeof comparisonFacts>>>['facts'];
  },
): Generator<string> {
  const { attractors, others, starts, followed, refinement, basinEntropy: s, uncertainty } = facts;
  for (const attractor of attractors.slice(0, 16)) {
    const { name, kind, share, fraction, shock, inner } = attractor;
    yield `${name} (${kind}): ${percent(share)}${fraction ? ` of the slice, ${spread(fraction)} of the box` : ''}`;
    const far = shock?.allDimensions;
    if (far)
      yield `  fatal shock: ${far.distance === null ? `none up to ${far.reach.toPrecision(4)}` : `at most ${far.distance.toPrecision(5)}, to ${String(far.to)}`}; proved to return below ${far.proved.toPrecision(4)}${far.contradicted ? ': one of the two is wrong, please report it' : ''}`;
    const proved = inner?.share.slice?.either;
    if (proved) yield `  inner bounds hold ${percent(proved.value)} of its part of the slice`;
  }
  if (attractors.length > 16) yield `and ${String(attractors.length - 16)} more, in the file`;
  for (const [name, k] of Object.entries(others)) if (k > 0) yield `${name}: ${count(k)} starts`;
  if (s?.boundaryEntropy)
    yield `basin entropy ${spread(s.entropy)}, of the boundary ${spread(s.boundaryEntropy)}${s.exceedsLog2 ? ' > ln 2: fractal' : ''}`;
  if (uncertainty) yield `uncertainty exponent ${spread(uncertainty.exponent)}`;
  const { comparison } = facts;
  if (comparison?.share)
    yield `${comparison.between[1]} disagrees on ${percent(comparison.share.value)} of ${count(comparison.agree + comparison.differ)} samples`;
  yield refinement
    ? `${count(followed)} starts followed for ${count(starts)} samples; ${count(refinement.disagreements)} of ${count(refinement.probes)} random starts disagreed with their block${refinement.disagreements > 0 ? ', which was computed then (--full computes all)' : ''}`
    : `all ${count(starts)} starts followed`;
}

/** E of a start less that of the attractor it goes to; NaN where it goes to no fixed point. */
export async function energyDrops(
  { attractors }: BasinSystem,
  { labels }: BasinMap,
  energies: ArrayLike<number>,
  energyAt: (state: Float64Array) => number,
  watch: Interruptible,
): Promise<Float32Array> {
  const bottoms = attractors.map((a) => (a.kind === 'fixed-point' ? energyAt(a.state) : NaN));
  const drops = new Float32Array(labels.length).fill(NaN);
  await inPieces(labels.length, watch, (from, to) => {
    for (let k = from; k < to; k++) if (labels[k] >= 0) drops[k] = energies[k] - bottoms[labels[k]];
  });
  return drops;
}
