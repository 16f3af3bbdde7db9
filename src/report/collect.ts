/** Everything about one network, stage by stage, as plain data and figures to draw. */
import { compareDesigns } from '../analysis/designs.js';
import type { Figure } from '../figure/picture.js';
import type { ImageChoice } from '../figures/images.js';
import { choiceFacts, computationFacts } from '../figures/paper.js';
import { Tally } from '../figures/tally.js';
import type { Problem } from '../model/problem.js';
import type { Simulator } from '../simulator.js';
import type { Model } from '../types.js';
import { certificateFacts } from './certificates.js';
import type { Findings, Omission, ReportPoint } from './data.js';
import { deadFacts } from './dead.js';
import { effortFor, omissionsOf, type Effort, type Wishes } from './effort.js';
import { landscapes } from './landscape.js';
import { checksOf, networkFacts } from './network.js';
import { findPoints, memoryChanges } from './points.js';
import { subjectOf, watchOf, type Subject } from './subject.js';

/** What to report on, and how hard to look. */
export interface CollectOptions {
  readonly wishes?: Wishes;
  /** States are drawn as images. */
  readonly images?: ImageChoice;
  readonly signal?: AbortSignal;
  /** Called now and then with the part done, 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

/** What was found, and the figures that show it. */
export interface Collected {
  readonly findings: Findings;
  readonly figures: readonly Figure[];
}

/** Where the stages end on the progress bar. */
const STAGES = {
  network: 0.05,
  points: 0.3,
  dead: 0.5,
  certificates: 0.6,
  designs: 0.85,
  figures: 1,
} as const;

/**
 * Collects a report.
 * @param problem of `model`, resolved.
 * @throws what the analyses throw; the signal's reason on abort.
 */
export async function collect(
  model: Model,
  problem: Problem,
  simulator: Simulator,
  { wishes = {}, images, signal, onProgress = () => undefined }: CollectOptions = {},
): Promise<Collected> {
  const subject = await subjectOf(model, problem);
  const dimensions = subject.inner.network.size;
  const effort = effortFor(dimensions, problem.network.size, wishes);
  const between = (from: number, to: number) => (done: number) => {
    onProgress(from + (to - from) * Math.min(1, done));
  };
  const network = networkFacts(subject, effort.decomposes);
  await breath(signal, onProgress, STAGES.network);
  const { points, ...searched } = await findPoints(
    subject,
    effort,
    signal,
    between(STAGES.network, STAGES.points),
  );
  const dead = await deadFacts(subject, points, effort, signal, between(STAGES.points, STAGES.dead));
  const certificates = await certificateFacts(
    subject,
    points,
    effort,
    signal,
    between(STAGES.dead, STAGES.certificates),
  );
  const designs = effort.compares
    ? await compare(subject, points, effort, signal, between(STAGES.certificates, STAGES.designs))
    : null;
  const tally = new Tally(simulator, {
    ...(signal ? { signal } : {}),
    onProgress: ({ done, total }) => {
      between(STAGES.designs, STAGES.figures)(done / total);
    },
  });
  const { facts: landscape, figures } = await landscapes(subject, points, effort, tally, images);
  const { searches, descends, certifies, compares, decomposes, ...settings } = effort;
  const left = omissionsOf({ ...effort, searches, descends, certifies, compares, decomposes }, dimensions);
  return {
    findings: {
      ...choiceFacts(problem),
      ...searched,
      points,
      memories: memoryChanges(points),
      neurons: problem.network.size,
      dimensions,
      network,
      checks: checksOf(subject, network),
      settings,
      dead,
      certificates,
      designs,
      landscape,
      omissions: [...left, ...partial(problem, points, effort)],
      computation: computationFacts(tally),
    },
    figures,
  };
}

async function breath(
  signal: AbortSignal | undefined,
  onProgress: (done: number) => void,
  done: number,
): Promise<void> {
  onProgress(done);
  await new Promise((resolve) => setTimeout(resolve, 0));
  signal?.throwIfAborted();
}

/** Every design on the points that were found. */
function compare(
  { inner, project, algebra }: Subject,
  points: readonly ReportPoint[],
  { box, seed, designSamples, designEvaluations, examined }: Effort,
  signal: AbortSignal | undefined,
  onProgress: (done: number) => void,
) {
  const real = points.filter(({ falseMemory }) => !falseMemory).slice(0, examined);
  return compareDesigns(inner.network, algebra, {
    equation: inner.equation === 9 ? 9 : 13,
    box,
    seed,
    samples: designSamples,
    evaluations: designEvaluations,
    points: real.map(({ state }) => project(Float64Array.from(state))),
    ...watchOf(signal, onProgress),
  });
}

/** What was done for some points only, or cannot be had for this network. */
function partial({ network }: Problem, points: readonly ReportPoint[], { examined }: Effort): Omission[] {
  const real = points.filter(({ falseMemory }) => !falseMemory).length;
  const left: (Omission | false)[] = [
    real > examined && {
      what: `condition (12), flats and designs at ${String(real - examined)} of ${String(real)} fixed points`,
      why: `the first ${String(examined)} of the table were examined, memories first.`,
      mend: `give --examined ${String(real)}`,
    },
    !network.symmetric && {
      what: 'E4, its flats, its minima and whether it is bounded below',
      why: 'W is not symmetric (eq. 2), so that E4 is no energy of eq. 1.',
      mend: 'nothing mends it: the third term, |r|²/2, is the energy to look at',
    },
  ];
  return left.filter((omission) => omission !== false);
}
