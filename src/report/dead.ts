/** The dead-neuron section: flats at fixed points, what minima of E4 stand for, and how much of a box is blind. */
import { blindShare } from '../analysis/blind-spots.js';
import { forEachWatched, STREAM, uniformStates } from '../analysis/box.js';
import { deadNeuronsAt, type FlatDirection } from '../analysis/dead.js';
import { descendE4, type DescentOutcome } from '../analysis/descent.js';
import { energyFlats } from '../analysis/energy-flats.js';
import { argumentOf } from '../analysis/krotov-hopfield.js';
import { recover, type Recovery } from '../analysis/recovery.js';
import { norm } from '../model/evaluator.js';
import { neuronName } from '../figures/slice.js';
import { energyInQuestion } from './energies.js';
import type { DeadFacts, FlatFacts, RecoveryFacts, ReportedRecovery, ReportPoint } from './data.js';
import type { Effort } from './effort.js';
import { neuronsOf, watchOf, type Subject } from './subject.js';

/** States nearer than this, relative to 1 + |y|, are one. */
const SAME = 1e-6;
/** A tail of saturation counts as dead below 1e-6, and moves y* by less than this, relative to 1 + |y*|. */
const NEARLY = 1e-2;

/** The dead-neuron section. */
export async function deadFacts(
  subject: Subject,
  points: readonly ReportPoint[],
  effort: Effort,
  signal: AbortSignal | undefined,
  onProgress: (done: number) => void,
): Promise<DeadFacts> {
  const { problem, algebra } = subject;
  const part = (from: number, to: number) =>
    watchOf(signal, (done) => {
      onProgress(from + (to - from) * done);
    });
  const { box, samples, seed } = effort;
  const sampled = { box, samples, seed };
  const blind = await blindShare(problem, algebra, { ...sampled, ...part(0, 0.15) });
  const four = energyInQuestion(problem);
  const blindE4 = four ? await blindShare(four, algebra, { ...sampled, ...part(0.15, 0.3) }) : null;
  const examined = points.filter(({ falseMemory }) => !falseMemory).slice(0, effort.examined);
  const flats: FlatFacts[] = [];
  const ownFlats = { tried: 0, flat: 0 };
  await forEachWatched(examined.length, part(0.3, 0.6), (k) => {
    const state = subject.project(Float64Array.from(examined[k].state));
    const found = deadNeuronsAt(subject.inner, algebra, state).directions;
    flats.push(...found.map((direction) => flatFacts(subject, examined[k].name, direction)));
    const own = energyFlats(subject.inner, algebra, state);
    ownFlats.tried += own.length;
    ownFlats.flat += own.filter(({ flat }) => flat).length;
  });
  const canDescend = four !== undefined && effort.descends;
  const recovery = canDescend ? await recoveries(subject, points, effort, part(0.6, 1)) : null;
  return { examined: examined.length, flats, ownFlats, recovery, blind, blindE4 };
}

function flatFacts(subject: Subject, point: string, found: FlatDirection): FlatFacts {
  const { layer, verdict, set, ends, why, direction } = found;
  const [lo, hi] = [ends[0] ?? -Infinity, ends[1] ?? Infinity];
  const inside = found.probes.filter(({ length }) => length >= lo && length <= hi);
  const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  const energies = inside.flatMap(({ energy }) => (energy === null ? [] : [energy]));
  return {
    point,
    layer,
    neurons: neuronsOf(subject, direction),
    verdict,
    set,
    ends,
    why,
    reaction: most(inside.map(({ reaction }) => reaction)),
    energyChange: subject.problem.network.symmetric ? most(energies) : null,
    length: most(inside.map(({ length }) => length)),
  };
}

/** Descends E4 from random states of the box and brings every minimum to the state it stands for (Prop. 4.3). */
async function recoveries(
  subject: Subject,
  points: readonly ReportPoint[],
  { descents, box, seed }: Effort,
  watch: ReturnType<typeof watchOf>,
): Promise<DeadFacts['recovery']> {
  const { inner, algebra } = subject;
  const outcomes: Record<DescentOutcome, number> = { minimum: 0, unbounded: 0, stalled: 0, budget: 0 };
  const stateOf = uniformStates(box, inner.network.size, seed, STREAM.regions);
  const groups: Recovery[][] = [];
  await forEachWatched(descents, watch, (k) => {
    const { outcome, state } = descendE4(inner, algebra, stateOf(k));
    outcomes[outcome]++;
    if (outcome !== 'minimum') return;
    const found = recover(inner, algebra, state);
    const group = groups.find(([first]) => isSame(first, found));
    if (group) group.push(found);
    else groups.push([found]);
  });
  const places = points
    .filter(({ falseMemory }) => !falseMemory)
    .map(({ name, state }) => ({
      name,
      argument: argumentOf(inner, subject.project(Float64Array.from(state))),
    }));
  const minima = groups
    .map((group) => recoveryFacts(subject, group, places))
    .sort((a, b) => b.count - a.count);
  return { descents, outcomes, minima };
}

const far = (a: readonly number[] | Float64Array, b: Float64Array, tolerance = SAME) =>
  norm(b.map((v, i) => v - a[i])) > tolerance * (1 + norm(b));

/** The verdict with what only looks spurious told apart: a tail that moves y* a little. */
function verdictOf({ verdict, state, flow }: Recovery): ReportedRecovery {
  if (verdict !== 'spurious' || far(flow.state, Float64Array.from(state), NEARLY)) return verdict;
  return 'recovered-nearly';
}

/** Whether two minima have the same fate; which neurons wake matters where a minimum is spurious. */
function isSame(a: Recovery, b: Recovery): boolean {
  const verdict = verdictOf(a);
  return (
    verdict === verdictOf(b) &&
    (verdict !== 'spurious' || a.wakes.join() === b.wakes.join()) &&
    !far(a.flow.state, Float64Array.from(b.flow.state))
  );
}

function recoveryFacts(
  subject: Subject,
  group: readonly Recovery[],
  places: readonly { readonly name: string; readonly argument: Float64Array }[],
): RecoveryFacts {
  const [first] = group;
  const { flow, state } = first;
  const wakes = [...new Set(group.flatMap((one) => one.wakes))].sort((a, b) => a - b);
  const { network } = subject.inner;
  const whole = network === subject.problem.network;
  const shown = whole ? state : [...subject.lift(Float64Array.from(state))];
  return {
    verdict: verdictOf(first),
    count: group.length,
    residualBefore: Math.max(...group.map(({ residualBefore }) => residualBefore)),
    residualAfter: Math.max(...group.map(({ residualAfter }) => residualAfter)),
    deadDimensions: Math.max(...group.map(({ deadDimensions }) => deadDimensions)),
    wakes: wakes.map((i) => neuronName(network, i)),
    flow: {
      outcome: flow.outcome,
      point: places.find(({ argument }) => !far(flow.state, argument))?.name ?? null,
    },
    state: shown,
  };
}
