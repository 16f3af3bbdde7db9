/** The ten figures: which network, which handle, and what is said of what is seen. Text and formulas are article.html's. */
import type { Scene } from '../scene.js';
import { loadAlgebra } from '../library.js';
import { Exact, type Point } from '../model/exact.js';
import { resolveColumn } from '../model/pair.js';
import { followPath } from '../model/path.js';
import { planeOf } from '../model/plane.js';
import { fixed, percent, short } from '../page/text.js';
import { DURATION } from '../scene.js';
import { fates } from '../model/fates.js';
import { climb, drain, expectedRadius, leastEigenvalue, rangeOfQuarter } from './claims.js';
import type { Chart, Curve } from './chart.js';
import { Ensemble } from './ensemble.js';
import { LiveFigure, sceneOf, type Figure, type Live, type Studio } from './figure.js';
import { choice, slider, start } from './handle.js';
import {
  asymmetric,
  DESIGNS,
  designed,
  draining,
  dying,
  NEURONS,
  settling,
  shaped,
  SHAPES,
  shifted,
  silenced,
  standing,
  weighed,
  type Design,
  type Shape,
} from './states.js';

const place = ([a, b]: Point): string => `(${fixed(a, 2)}, ${fixed(b, 2)})`;
const count = (n: number, one: string, many = `${one}s`): string => `${String(n)} ${n === 1 ? one : many}`;
const endOf = ({ path }: Scene): Point => path.points[path.points.length - 1].y;
const energies = ({ path }: Scene): Point[] => path.points.map(({ t, energy }): Point => [t, energy]);
const TIME = { name: 't', range: [0, DURATION] } as const;

/** Share of a coarse grid of the view that is blind; the hatch is computed pixel by pixel. */
function blindShare({ exact }: Scene, half: number): number {
  const side = 40;
  let blind = 0;
  for (let k = 0; k < side * side; k++) {
    const at: Point = [
      half * (((k % side) + 0.5) / (side / 2) - 1),
      half * ((Math.floor(k / side) + 0.5) / (side / 2) - 1),
    ];
    if (exact.isBlind(at)) blind++;
  }
  return blind / (side * side);
}

/** The fixed point that a path has reached, if it has. */
const reached = ({ search, path }: Scene) => {
  const last = path.points[path.points.length - 1];
  return search.points.find(({ y }) => Math.hypot(y[0] - last.y[0], y[1] - last.y[1]) < 0.1);
};

const settle: Figure<Point> = {
  id: 'settle',
  handle: start([-1.8, -1.2]),
  panes: ['speed'],
  state: settling,
  words: (seen) => {
    const scene = sceneOf(seen, 'speed');
    const point = reached(scene);
    const from = `From ${place(seen.value)}`;
    if (!point)
      return `${from} the state is still on its way at t = ${String(DURATION)}, at ${place(endOf(scene))}.`;
    const what = point.kind === 'stable' ? 'memory' : point.kind;
    return `${from} the state comes to the ${what} ${point.name} at ${place(point.y)}.`;
  },
  verdict: () => 'colour: speed',
};

const slope: Figure<number> = {
  id: 'slope',
  handle: slider({ min: 0, max: 0.3, step: 0.01, first: 0.3 }),
  panes: ['left'],
  state: dying,
  verdict: (seen) => blindWords(blindShare(sceneOf(seen, 'left'), 2)),
  words: (seen) => {
    const { exact } = sceneOf(seen, 'left');
    const [low, high] = rangeOfQuarter(exact);
    const spread = high - low;
    const range = `Slope ${fixed(seen.value, 2)}: over the square from −2 to 0 the energy`;
    return spread === 0
      ? `${range} is ${short(low)}, everywhere. Both neurons are dead there.`
      : `${range} runs from ${short(low)} to ${short(high)}.`;
  },
};

const blindWords = (share: number): string =>
  share === 0 ? 'blind nowhere' : `blind on ${percent(share)} of [−2, 2]²`;

/** Energies of eq. 4 and of the certified one along the same path. */
const prop1: Figure<number> = {
  id: 'prop1',
  handle: slider({ min: -2, max: 2, step: 0.05, first: -2 }),
  panes: ['left'],
  state: standing,
  verdict: () => 'dashed: least energy, and the state moves along it',
  words: (seen) => {
    const [four, certified] = [sceneOf(seen, 'left'), sceneOf(seen, 'right')];
    const ends = (scene: Scene) => {
      const all = energies(scene);
      return `${fixed(all[0][1], 2)} at the start, ${fixed(all[all.length - 1][1], 2)} at the end`;
    };
    const { blindTime, blindLength } = four.path;
    const still = four.path.points[0].speed < 1e-9;
    const seesNothing = still
      ? ' Nothing moves from here.'
      : blindTime > 0
        ? ` For ${blindTime >= DURATION ? 'all of' : 'the first'} ${fixed(blindTime, 2)} units of time eq. 4 stands still, and the state travels ${fixed(blindLength, 2)}.`
        : ' Eq. 4 sees the motion at once.';
    return `Eq. 4: ${ends(four)}. Certified: ${ends(certified)}.${seesNothing}`;
  },
  chart: (seen) => {
    const [four, certified] = [sceneOf(seen, 'left'), sceneOf(seen, 'right')];
    const { blindTime } = four.path;
    const [a, b] = [energies(four), energies(certified)];
    return {
      words: `Energy against time: ${prop1.words(seen)}`,
      across: TIME,
      up: [Math.min(a[a.length - 1][1], b[b.length - 1][1]) - 0.45, Math.max(a[0][1], b[0][1], 0)],
      ticks: [a[0][1], b[0][1], b[b.length - 1][1], a[a.length - 1][1]],
      ...(blindTime > 0 ? { wash: { to: blindTime, text: 'moving, and eq. 4 sees none of it' } } : {}),
      curves: [
        { points: b, colour: 'certified', label: { text: 'certified, eq. 14', at: 0.2 } },
        { points: a, colour: 'blind', label: { text: 'eq. 4', at: 0.2, below: true } },
      ],
    };
  },
};

/** Energies along the path of c = 0, moment by moment. */
let unmoved: readonly number[] | undefined;

const prop2: Figure<number> = {
  id: 'prop2',
  prepare: async () => {
    if (unmoved) return;
    const state = shifted(0);
    const exact = new Exact(await resolveColumn(state, 'left'), await loadAlgebra(), planeOf(state.plane));
    unmoved = followPath(exact, state.start, DURATION).points.map(({ energy }) => energy);
  },
  handle: slider({ min: -1, max: 0.4, step: 0.02, first: 0 }),
  panes: ['left'],
  state: shifted,
  verdict: () => 'below the line y₂ = 0: the same for every c',
  words: (seen) => {
    const scene = sceneOf(seen, 'left');
    const rest = scene.search.points.find(({ kind, y }) => kind === 'stable' && y[1] < 0);
    const gap = Math.max(...energies(scene).map(([, e], k) => Math.abs(e - (unmoved?.[k] ?? NaN))));
    return `c = ${fixed(seen.value, 2)}: the memory lies at ${rest ? place(rest.y) : 'no place below'}. Along the path the energy differs from that of c = 0 by ${gap < 1e-12 ? 'nothing (less than 10⁻¹²)' : short(gap)}.`;
  },
  chart: (seen) => {
    const scene = sceneOf(seen, 'left');
    const heights = scene.path.points.map(({ t, y }): Point => [t, y[1]]);
    const a = energies(scene);
    return {
      words: `Energy and the state of neuron 2 against time: ${prop2.words(seen)}`,
      across: TIME,
      up: [-2.2, 0.5],
      ticks: [-2, -1, 0],
      curves: [
        { points: heights, colour: 'plain', label: { text: 'state of neuron 2', at: 0.55, below: true } },
        { points: a, colour: 'blind', label: { text: 'energy, the same for every c', at: 0.3 } },
      ],
    };
  },
};

const prop4: Figure<number> = {
  id: 'prop4',
  handle: slider({ min: -1.5, max: 0.4, step: 0.05, first: -1.5 }),
  panes: ['left'],
  state: draining,
  verdict: (seen) => (1 + seen.value < 0 ? 'the floor holds a memory' : 'the floor is a spurious minimum'),
  words: (seen) => {
    const scene = sceneOf(seen, 'left');
    const target = drain(scene.exact, scene.start);
    const said = `w = ${fixed(seen.value, 2)}: the floor drains to y* = ${place(target)}.`;
    if (target[1] < 0) return `${said} Neuron 2 stays dead there: y* is a memory.`;
    if (target[1] === 0) return `${said} Neuron 2 comes to rest on the edge.`;
    const all = energies(scene);
    return `${said} Before it gets there neuron 2 wakes: the minimum was spurious. The state goes on to ${place(endOf(scene))}, and the energy falls from ${fixed(all[0][1], 2)} to ${fixed(all[all.length - 1][1], 2)}.`;
  },
  chart: (seen) => {
    const scene = sceneOf(seen, 'left');
    const a = energies(scene);
    const { blindTime } = scene.path;
    return {
      words: `Energy against time: ${prop4.words(seen)}`,
      across: TIME,
      up: [-1.7, 0],
      ticks: [a[0][1], a[a.length - 1][1]],
      ...(blindTime > 0 ? { wash: { to: blindTime, text: 'moving, and eq. 4 sees none of it' } } : {}),
      curves: [{ points: a, colour: 'blind', label: { text: 'energy, eq. 4', at: 0.05, below: true } }],
    };
  },
};

const SHAPE_WORDS: Readonly<Record<Shape, (scene: Scene) => string>> = {
  a: (scene) =>
    `Unbounded below: ${fixed(scene.exact.energy([0, 3]), 1)} at (0, 3), ${fixed(scene.exact.energy([0, 30]), 0)} at (0, 30). The ${count(stableOf(scene).length, 'memory', 'memories')} at ${stableOf(
      scene,
    )
      .map(({ y }) => place(y))
      .join(' and ')} are stable all the same.`,
  b: (scene) =>
    `Flat from −1 to 1, where the energy is ${short(scene.exact.energy([0, 0]))}, and rising on both sides. Inside the flat piece the state goes to ${fixed(stableOf(scene)[0].y[0], 2)}.`,
  c: (scene) =>
    `Flat at ${short(scene.exact.energy([-1, 0]))} for all y below 0, with no end. The memory lies at ${fixed(stableOf(scene)[0].y[0], 2)}; the energy does not show where.`,
};

const stableOf = ({ search }: Scene) => search.points.filter(({ kind }) => kind === 'stable');

const fig2: Figure<Shape> = {
  id: 'fig2',
  handle: choice(SHAPES, 'a'),
  panes: ['left'],
  state: shaped,
  verdict: (seen) => ({ a: 'unbounded below', b: 'flat, and bounded', c: 'flat without end' })[seen.value],
  words: (seen) => SHAPE_WORDS[seen.value](sceneOf(seen, 'left')),
};

let ensemble: Ensemble | undefined;

const drawn = (): Ensemble => {
  if (!ensemble) throw new Error('the random networks were not drawn yet');
  return ensemble;
};

const prop3: Figure<number> = {
  id: 'prop3',
  handle: slider({ min: 0, max: NEURONS - 4, step: 1, first: 8, digits: 0 }),
  panes: [],
  prepare: async (rest) => {
    ensemble ??= await Ensemble.draw(rest);
  },
  state: (dead) => silenced(ensemble?.weights ?? EMPTY, dead),
  words: ({ value }) => {
    const { radius, largest } = drawn().own;
    const expected = expectedRadius(radius[0], value, NEURONS);
    const verdict =
      largest[value] < 1 ? 'below 1: every steady state with these neurons alive is stable' : 'not below 1';
    return `${String(value)} of ${String(NEURONS)} dead: spectral radius ${fixed(radius[value], 2)}, expected about ${fixed(expected, 2)}. Largest eigenvalue of the alive block ${fixed(largest[value], 2)}, ${verdict}.`;
  },
  chart: (seen): Chart => {
    const { own, quartiles } = drawn();
    const over = (values: readonly number[]) => values.map((v, k): Point => [k, v]);
    const line = (value: number): Point[] => [
      [0, value],
      [NEURONS, value],
    ];
    const law = Array.from({ length: 8 * NEURONS + 1 }, (_, k): Point => [
      k / 8,
      expectedRadius(own.radius[0], k / 8, NEURONS),
    ]);
    const curves: Curve[] = [
      { points: line(1), colour: 'ink3', width: 1.2, dash: [2, 3] },
      { points: law, colour: 'ink', width: 1.6, label: { text: 'the law', at: 0.9 } },
    ];
    return {
      words: `Spectral radius against the number of dead neurons: ${prop3.words(seen)}`,
      across: { name: 'k', range: [0, NEURONS] },
      up: [0, 1.4],
      ticks: [0, 0.5, 1, own.radius[0]],
      curves,
      band: [over(quartiles[0]), over(quartiles[1])],
      dots: [
        ...own.radius.map((v, k) => ({ at: [k, v] as Point, colour: 'plain' as const })),
        { at: [seen.value, own.radius[seen.value]], colour: 'plain', large: true },
      ],
    };
  },
};

/** Before they are drawn: a network of the same size, which nobody sees. */
const EMPTY = Array.from({ length: NEURONS }, () => Array.from({ length: NEURONS }, () => 0));

const certified: Figure<number> = {
  id: 'certified',
  handle: slider({ min: 0, max: 1, step: 0.0625, first: 0, digits: 3 }),
  panes: ['right'],
  state: weighed,
  verdict: (seen) => {
    const least = leastEigenvalue(sceneOf(seen, 'right').exact);
    return `least eigenvalue ${fixed(least, 3)}`;
  },
  words: (seen) => {
    const { path, exact } = sceneOf(seen, 'right');
    const least = leastEigenvalue(exact);
    const rise = climb(path);
    const moves = rise > 1e-9 ? `climbs by ${short(rise)} on this path` : 'falls all along this path';
    const proof =
      least < 0
        ? 'condition (11) is violated'
        : seen.value >= 0.5625
          ? 'condition (11) holds, by the proof'
          : 'condition (11) holds for this network';
    return `b₂ = ${fixed(seen.value, 3)}: least eigenvalue of sym(MᵀR) ${fixed(least, 3)}, ${proof}. The energy ${moves}.`;
  },
  chart: (seen) => {
    const scene = sceneOf(seen, 'right');
    const a = energies(scene);
    const colour = leastEigenvalue(scene.exact) < 0 ? 'blind' : 'certified';
    return {
      words: `Energy against time: ${certified.words(seen)}`,
      across: TIME,
      ticks: [a[0][1], a[a.length - 1][1]],
      curves: [{ points: a, colour, label: { text: 'energy along the path', at: 0.04 } }],
    };
  },
};

const DESIGN_WORDS: Readonly<Record<Design, string>> = {
  identity: 'R = I, the motion itself',
  gradient: 'R = M, straight down the energy',
  'adaptive-polar': 'R = Q, the orthogonal part of M',
  polar: 'R = sign W',
  weights: 'R = W',
};

const designs: Figure<Design> = {
  id: 'designs',
  handle: choice(DESIGNS, 'gradient'),
  panes: ['left', 'right'],
  state: designed,
  verdict: (seen, kind) =>
    kind === 'left' ? 'the motion (1)' : `moved by ${DESIGN_WORDS[seen.value].split(',')[0]}`,
  words: (seen) => {
    const [before, after] = [sceneOf(seen, 'left').search, sceneOf(seen, 'right').search];
    const { kept, lost, added } = fates(before.points, after.points);
    const same =
      after.points.length === before.points.length
        ? 'The steady states are the same'
        : 'Steady states differ';
    const adds = added.length > 0 ? `, adds ${String(added.length)}` : '';
    return `${DESIGN_WORDS[seen.value]}. ${same}. Of the ${count(kept.length + lost.length, 'memory', 'memories')} of (1) it keeps ${String(kept.length)} and loses ${String(lost.length)}${adds}.`;
  },
};

const layers: Figure<number> = {
  id: 'layers',
  handle: slider({ min: 0.4, max: 1.8, step: 0.05, first: 0.9 }),
  panes: ['right'],
  state: asymmetric,
  verdict: (seen) => (seen.value < 1 ? 'R invertible, one steady state' : 'nothing is proved any more'),
  words: (seen) => {
    const { search } = sceneOf(seen, 'right');
    const own = sceneOf(seen, 'left').search;
    const held = stableIn(search);
    const stable = stableIn(own);
    const states = `${count(own.points.length, 'steady state')} up to |y| = ${String(own.reach)}`;
    const more =
      held > stable
        ? ` The gradient holds ${String(held)}; the motion (1) itself only ${String(stable)}.`
        : '';
    return `|W||H| = ${fixed(seen.value, 2)}: ${states}, at ${own.points.map(({ y }) => place(y)).join(' and ')}.${more}`;
  },
};

const stableIn = ({ points }: Scene['search']): number =>
  points.filter(({ kind }) => kind === 'stable').length;

const live =
  <V>(figure: Figure<V>) =>
  (studio: Studio): Live =>
    new LiveFigure(figure, studio);

/** In the order of the page. */
export const FIGURES: readonly ((studio: Studio) => Live)[] = [
  live(settle),
  live(slope),
  live(prop1),
  live(prop2),
  live(prop4),
  live(fig2),
  live(prop3),
  live(certified),
  live(designs),
  live(layers),
];
