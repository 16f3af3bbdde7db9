/** Flat regions in words: on the picture, and in the result of the command. */
import type { Drain, FlatRegion, FlatRegions } from '../analysis/flat-regions.js';
import type { RegionMap } from '../figure/picture.js';
import { norm } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import type { NamedPoint } from './marks.js';
import { neuronName } from './slice.js';
import { count, literal } from './words.js';

/** Ends nearer than this to a point, relative to 1 + |y|, are that point. */
const SAME = 1e-5;
const MOST_NAMES = 3;

/** The name of the fixed point at `state`, or null where it was not found from this slice. */
function nameOf(state: readonly number[], points: readonly NamedPoint[]): string | null {
  const y = Float64Array.from(state);
  const near = points.find((p) => norm(p.state.map((v, i) => v - y[i])) <= SAME * (1 + norm(y)));
  return near?.name ?? null;
}

function neuronsWords({ network }: Problem, neurons: readonly number[], verb: string): string {
  if (neurons.length > MOST_NAMES) return `${count(neurons.length)} neurons ${verb}`;
  const names = neurons.map((k) => literal(neuronName(network, k))).join(', ');
  return `${names} ${verb}${neurons.length === 1 ? 's' : ''}`;
}

function endsWords(drain: Drain, points: readonly NamedPoint[]): string {
  const lasting = drain.ends.filter((end) => end.class !== 'saddle' && end.class !== 'unstable');
  const names = lasting.map(({ state }) => nameOf(state, points));
  const known = names.filter((name) => name !== null).sort();
  const others = names.length - known.length;
  if (known.length === 0) return others === 1 ? 'a state out of view' : `${count(others)} states out of view`;
  if (known.length > MOST_NAMES) return `${count(names.length)} states`;
  return [...known, ...(others > 0 ? ['a state out of view'] : [])].join(' or ');
}

/** `1 alive` and, on the next line, `drains to A`, `no memory: x[0] wakes`, .. */
function regionWords(problem: Problem, { alive, drain }: FlatRegion, points: readonly NamedPoint[]): string {
  const living = `${count(alive.filter((a) => a).length)} alive`;
  if (!drain) return living;
  const { kind, wakes, dies } = drain;
  if (kind === 'open')
    return `${living}\n${drain.ends.every((end) => end.class === null) ? 'does not rest' : 'rests in part only'}`;
  if (kind !== 'leaves') return `${living}\ndrains to ${endsWords(drain, points)}`;
  const reason =
    wakes.length > 0
      ? neuronsWords(problem, wakes, 'wake')
      : dies.length > 0
        ? neuronsWords(problem, dies, 'die')
        : `leads to ${endsWords(drain, points)}`;
  return `${living}\nno memory: ${reason}`;
}

/** The regions of a plane as they are drawn. */
export function regionMap(problem: Problem, flat: FlatRegions, points: readonly NamedPoint[]): RegionMap {
  return {
    labels: flat.labels,
    size: [flat.size[0], flat.size[1]],
    words: flat.regions.map((region) => regionWords(problem, region, points)),
  };
}

/** Regions for the result's JSON; names are those of the fixed points in it. */
export function regionFacts(problem: Problem, flat: FlatRegions, points: readonly NamedPoint[]) {
  const { regions, found, blockwiseLayers, size } = flat;
  return {
    shape: size.toReversed(),
    found,
    ...(blockwiseLayers.length > 0
      ? {
          blockwiseLayers,
          blockwiseNote:
            'neurons of these layers have no pattern of their own: they count as alive, and their regions are told apart by the number of dead dimensions',
        }
      : {}),
    regions: regions.map((region) => ({
      ...region,
      aliveNeurons: region.alive.filter((alive) => alive).length,
      words: regionWords(problem, region, points).replaceAll('\n', ', ').replaceAll('\\', ''),
      drain: region.drain && {
        ...region.drain,
        ends: region.drain.ends.map((end) => ({ name: nameOf(end.state, points), ...end })),
      },
    })),
  };
}
