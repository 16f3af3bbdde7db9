/** Fixed points as results list them: named, with plain arrays, and condition (12) at each. */
import { minimumAt } from '../analysis/certificates.js';
import { findFixedPoints } from '../analysis/find-fixed-points.js';
import type { FixedPointSearch, FoundPoint } from '../analysis/find-run.js';
import { Breath } from '../analysis/search.js';
import { namePoints } from '../figures/marks.js';
import type { MemoryChanges, ReportPoint } from './data.js';
import type { Effort } from './effort.js';
import type { Subject } from './subject.js';

/** A point as JSON holds it: arrays for vectors. */
export function plainPoint(point: FoundPoint): Omit<ReportPoint, 'name' | 'minimum'> {
  const { state, continuum, ...rest } = point;
  return {
    state: [...state],
    ...rest,
    ...(continuum
      ? {
          continuum: {
            dimension: continuum.dimension,
            directions: continuum.directions.map((v) => [...v]),
            lower: [...continuum.lower],
            upper: [...continuum.upper],
          },
        }
      : {}),
  };
}

/** What the chosen R does to the memories (stable points) of eq. 1. */
export function memoryChanges(
  points: readonly Pick<FoundPoint, 'falseMemory' | 'restrictedClass' | 'class'>[],
): MemoryChanges {
  type Point = (typeof points)[number];
  const indices = (of: (point: Point) => boolean) => points.flatMap((point, k) => (of(point) ? [k] : []));
  const original = (p: Point) => !p.falseMemory && p.restrictedClass === 'stable';
  return {
    kept: indices((p) => original(p) && p.class === 'stable'),
    lost: indices((p) => original(p) && p.class !== 'stable'),
    added: indices((p) => !original(p) && p.class === 'stable'),
  };
}

/** Names in the order of the points; false memories are F, whatever their class. */
function namesOf(points: readonly FoundPoint[]): string[] {
  const real = points.filter(({ falseMemory }) => !falseMemory);
  const names = namePoints(real.map((point) => ({ ...point, energy: point.energy ?? NaN }))).map(
    ({ name }) => name,
  );
  const deceptive = points.length - real.length;
  let [next, nextFalse] = [0, 0];
  return points.map(({ falseMemory }) =>
    falseMemory ? `F${deceptive === 1 ? '' : String(++nextFalse)}` : names[next++],
  );
}

/** How the points were found. */
export type Searched = Omit<FixedPointSearch, 'points' | 'outcome' | 'method'> & {
  readonly outcome: FixedPointSearch['outcome'] | 'not-searched';
  readonly method: FixedPointSearch['method'] | 'none';
  readonly points: readonly ReportPoint[];
};

const NOT_SEARCHED: Searched = {
  outcome: 'not-searched',
  complete: false,
  how: 'not searched: the network is too large',
  method: 'none',
  points: [],
  starts: 0,
  unseenMass: 1,
  outcomes: { converged: 0, stalled: 0, nonfinite: 0 },
  solvedBy: 'nobody',
  symmetry: { generators: 0, complete: false },
  parts: 1,
};

/** Finds and names the fixed points of a subject. */
export async function findPoints(
  subject: Subject,
  effort: Effort,
  signal: AbortSignal | undefined,
  onProgress: (done: number) => void,
): Promise<Searched> {
  if (!effort.searches) return NOT_SEARCHED;
  const { problem, inner, algebra, project } = subject;
  const { starts, box, seed } = effort;
  const found = await findFixedPoints(problem, algebra, {
    starts,
    box,
    seed,
    ...(signal ? { signal } : {}),
    onProgress: ({ done, total }) => {
      onProgress(done / total);
    },
  });
  const names = namesOf(found.points);
  const breath = new Breath(signal);
  const points: ReportPoint[] = [];
  for (const [k, point] of found.points.entries()) {
    const examined = k < effort.examined && !point.falseMemory;
    const minimum = examined ? minimumAt(inner, algebra, project(point.state)) : null;
    points.push({ name: names[k], ...plainPoint(point), minimum });
    await breath.take();
  }
  return { ...found, points };
}
