/**
 * The propositions of the paper as experiments: numbers that anybody can compute again from a seed.
 *
 *   Prop. 1   E4 along random flats of every activation that can be dead: equal to rounding
 *   Prop. 2   E4 and eq. 5 differ by a constant; another bias along dead directions shifts E4 by a constant, leaves its
 *             gradient alone, and E4 still falls along the other flow, which goes elsewhere
 *   Prop. 3   dead neurons shrink the spectral radius of a Gaussian orthogonal ensemble as sqrt((N - k)/N)
 */
import { activationNames, activationRow } from '../model/activation.js';
import { layer64 } from '../model/layer64.js';
import { loadAlgebra, type Algebra } from '../model/algebra.js';
import { dot, Evaluator, norm } from '../model/evaluator.js';
import { createNetwork } from '../model/network.js';
import { resolveProblem, type Problem } from '../model/problem.js';
import { goe, randomStream, type RandomStream } from '../model/random.js';
import type { Matrix } from '../types.js';
import { forEachWatched, STREAM, type Watch } from './box.js';
import { deadNeuronsAt } from './dead.js';
import { plus } from './matrices.js';
import { spectralRadius } from './spectral-radius.js';

/** E4 along flats of one activation. */
export interface FlatsResult {
  readonly activation: string;
  /** Flats walked along, and states compared on them. */
  readonly flats: number;
  readonly states: number;
  /** max |E4(y + V c) - E4(y)| over the states. */
  readonly difference: number;
  /**
   * What may come of rounding and of what is left of a tail that never ends (g of a saturated sigmoid still creeps):
   * 1e-12 of the terms of E4, and 2e-6 |c| (|r| + |W| |c|) where H is not exactly zero.
   */
  readonly allowed: number;
}

/** E4 against eq. 5, and a bias that changes along dead directions. */
export interface BiasResult {
  readonly activation: string;
  readonly states: number;
  /** Spread (max - min) of E4(y) - E5(g(y)) over the states; null where g is not invertible in closed form. */
  readonly hopfieldSpread: number | null;
  /** max |(E4 with bias b + V c) - (E4 with bias b) + c.V^T g|. */
  readonly shiftError: number;
  /** max |change of grad E4|, which has a factor H V = 0. */
  readonly gradientChange: number;
  /** Largest dE4/dt (bias b) along the flow with bias b + V c: at most 0. */
  readonly largestRate: number;
  /** Smallest |V c|, by which the steady states of the two flows differ. */
  readonly biasChange: number;
}

/** Spectral radius of the alive block over that of W, for one number of dead neurons. */
export interface RadiusResult {
  readonly size: number;
  readonly dead: number;
  /** sqrt((N - k)/N). */
  readonly expected: number;
  readonly mean: number;
  /** Of the mean. */
  readonly standardError: number;
  /** One ratio for each draw. */
  readonly ratios: readonly number[];
}

/** All three. */
export interface ExperimentReport {
  readonly seed: number;
  readonly flats: readonly FlatsResult[];
  readonly bias: readonly BiasResult[];
  readonly radius: readonly RadiusResult[];
}

/** What to run. */
export interface ExperimentOptions extends Watch {
  /** 1 by default. */
  readonly seed?: number;
  /** Random networks for each activation in Props. 1 and 2; 20 by default. */
  readonly networks?: number;
  /** N of Prop. 3, at most 4096; 400 by default. */
  readonly size?: number;
  /** Numbers of dead neurons; N/4, N/2 and 3N/4 by default. */
  readonly dead?: readonly number[];
  /** Matrices drawn; 5 by default. */
  readonly draws?: number;
}

/** States of one neuron at which its activation is dead (its tail, its plateau), by name; `[lo, hi]` of x. */
const DEAD_AT: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  relu: [[-3, -0.1]],
  power: [[-3, -0.1]],
  'hard-tanh': [
    [1.1, 4],
    [-4, -1.1],
  ],
  shrink: [[-0.9, 0.9]],
  sigmoid: [
    [40, 60],
    [-60, -40],
  ],
  tanh: [
    [20, 30],
    [-30, -20],
  ],
  softplus: [[-60, -40]],
  elu: [[-60, -40]],
  selu: [[-60, -40]],
  gelu: [[-14, -10]],
  silu: [[-60, -45]],
  gaussian: [
    [7, 12],
    [-12, -7],
  ],
};
/** Their shift is dead at every state. */
const SHIFTS: ReadonlySet<string> = new Set(['softmax', 'layer-norm']);

/** The activations that can be dead in f64, without further parameters. */
export const deadActivations = (): string[] =>
  activationNames().filter((name) => name in DEAD_AT || SHIFTS.has(name));

const NEURONS = 4;

/** Draws numbers one after the other. */
class Draw {
  readonly #stream: RandomStream;
  #next = 0;

  constructor(seed: number, stream: number) {
    this.#stream = randomStream(seed, stream);
  }
  uniform(lo: number, hi: number): number {
    return lo + (hi - lo) * this.#stream.uniform(this.#next++);
  }
  normal(): number {
    return this.#stream.normal(this.#next++);
  }
}

async function randomNetwork(name: string, draw: Draw, energy: 4 | 5 = 4, bias?: Float64Array) {
  const parameters = Object.fromEntries(
    Object.entries(activationRow(name).parameters).map(([key, { default: value }]) => [key, value]),
  );
  const data = new Float64Array(NEURONS ** 2);
  for (let i = 0; i < NEURONS; i++)
    for (let j = 0; j <= i; j++)
      data[i * NEURONS + j] = data[j * NEURONS + i] = draw.normal() / Math.sqrt(NEURONS);
  return problemOf(
    name,
    parameters,
    { rows: NEURONS, columns: NEURONS, data },
    bias ?? Float64Array.from({ length: NEURONS }, () => draw.normal()),
    energy,
  );
}

function problemOf(
  name: string,
  parameters: Readonly<Record<string, number>>,
  matrix: Matrix,
  bias: Float64Array,
  energy: 4 | 5,
): Promise<Problem> {
  const { network } = createNetwork({
    layers: [{ name, size: matrix.rows, activation: { name, parameters } }],
    weights: [{ row: 0, column: 0, matrix }],
    bias,
  });
  return resolveProblem({
    name: `${name}, eq. ${String(energy)}`,
    hash: '',
    notices: [],
    network,
    dynamics: { equation: 1, design: { name: 'identity' } },
    energy: { equation: energy, coefficients: 'default' },
  });
}

/** A state of which about half of the neurons are dead (for a shift: any state). */
function deadState(name: string, draw: Draw): Float64Array {
  const ranges = SHIFTS.has(name) ? [] : DEAD_AT[name];
  return Float64Array.from({ length: NEURONS }, (_, i) => {
    if (ranges.length === 0 || i % 2 === 0) return draw.uniform(-0.5, 2.5);
    const [lo, hi] = ranges[Math.min(ranges.length - 1, Math.floor(draw.uniform(0, ranges.length)))];
    return draw.uniform(lo, hi);
  });
}

/** A move V c within the flat set of every dead direction, at most 20 long in each. */
function deadMove(problem: Problem, algebra: Algebra, state: Float64Array, draw: Draw) {
  const dead = deadNeuronsAt(problem, algebra, state).directions.filter(({ verdict }) => verdict === 'dead');
  let move: Float64Array = new Float64Array(state.length);
  for (const { ends, direction } of dead) {
    const [lo, hi] = [Math.max(-20, 0.9 * (ends[0] ?? -20)), Math.min(20, 0.9 * (ends[1] ?? 20))];
    move = plus(move, draw.uniform(lo, hi), Float64Array.from(direction));
  }
  return { move, dead };
}

/** Prop. 1 for one activation: E4 at the far ends of random flats. */
export async function flatsExperiment(
  name: string,
  algebra: Algebra,
  { seed = 1, networks = 20 }: ExperimentOptions = {},
): Promise<FlatsResult> {
  const draw = new Draw(seed, STREAM.experiments);
  let [flats, difference, allowed] = [0, 0, 0];
  for (let k = 0; k < networks; k++) {
    const problem = await randomNetwork(name, draw);
    const evaluator = new Evaluator(problem, algebra);
    const state = deadState(name, draw);
    const { move, dead } = deadMove(problem, algebra, state, draw);
    evaluator.moveTo(state);
    const [before, r] = [evaluator.energy(), norm(evaluator.r)];
    const far = plus(state, 1, move);
    evaluator.moveTo(far);
    const applied = new Float64Array(NEURONS);
    const creeps = dead.some(({ hessian, direction }) => {
      evaluator.lifted.hessianApply(far, Float64Array.from(direction), applied);
      return hessian > 1e-15 || norm(applied) > 1e-15;
    });
    const creeping = creeps ? 2e-6 : 0;
    const terms = 1 + Math.abs(before) + norm(far) * norm(evaluator.g) + norm(far) ** 2;
    const c = norm(move);
    flats += dead.length;
    difference = Math.max(difference, Math.abs(evaluator.energy() - before));
    allowed = Math.max(allowed, 1e-12 * terms + creeping * c * (r + c));
  }
  return { activation: name, flats, states: networks, difference, allowed };
}

/** Prop. 2 for one activation. */
export async function biasExperiment(
  name: string,
  algebra: Algebra,
  { seed = 1, networks = 20 }: ExperimentOptions = {},
): Promise<BiasResult> {
  const draw = new Draw(seed, STREAM.experiments);
  const result = { shiftError: 0, gradientChange: 0, largestRate: -Infinity, biasChange: Infinity };
  let hopfieldSpread: number | null = invertible(name) ? 0 : null;
  for (let k = 0; k < networks; k++) {
    const problem = await randomNetwork(name, draw);
    const state = deadState(name, draw);
    const { move } = deadMove(problem, algebra, state, draw);
    const { network } = problem;
    const other: Problem = { ...problem, network: { ...network, bias: plus(network.bias, 1, move) } };
    const here = new Evaluator(problem, algebra);
    const there = new Evaluator(other, algebra);
    here.moveTo(state);
    there.moveTo(state);
    const shift = there.energy() - here.energy() + dot(move, here.g);
    const gradient = Float64Array.from(here.metricTimesResidual());
    const change = norm(plus(there.metricTimesResidual(), -1, gradient));
    result.shiftError = Math.max(result.shiftError, Math.abs(shift));
    result.gradientChange = Math.max(result.gradientChange, change);
    // dE4/dt with the gradient of bias b along the flow of bias b + V c.
    result.largestRate = Math.max(result.largestRate, 0 - dot(gradient, there.r));
    result.biasChange = Math.min(result.biasChange, norm(move));
    if (hopfieldSpread !== null)
      hopfieldSpread = Math.max(hopfieldSpread, energySpread(problem, algebra, draw));
  }
  return { activation: name, states: networks, hopfieldSpread, ...result };
}

const invertible = (name: string): boolean => {
  const row = activationRow(name);
  const values = Object.fromEntries(Object.entries(row.parameters).map(([key, p]) => [key, p.default]));
  return row.kind === 'elementwise' && layer64(name, values).inverseIntegral !== undefined;
};

/** max - min of E4 - E5 over ten alive states. */
function energySpread(problem: Problem, algebra: Algebra, draw: Draw): number {
  const five: Problem = { ...problem, energy: { ...problem.energy, equation: 5 } };
  const [four, other] = [new Evaluator(problem, algebra), new Evaluator(five, algebra)];
  const differences = Array.from({ length: 10 }, () => {
    const state = Float64Array.from({ length: NEURONS }, () => draw.uniform(-2, 2));
    four.moveTo(state);
    other.moveTo(state);
    return four.energy() - other.energy();
  });
  return Math.max(...differences) - Math.min(...differences);
}

/** Prop. 3: the alive block of GOE matrices against the whole; the last k neurons are dead. */
export async function radiusExperiment(options: ExperimentOptions = {}): Promise<RadiusResult[]> {
  const { seed = 1, size = 400, draws = 5 } = options;
  const dead = options.dead ?? [1, 2, 3].map((quarter) => Math.round((size * quarter) / 4));
  if (!(size >= 1 && size <= 4096) || dead.some((k) => !(k >= 0 && k < size)))
    throw new RangeError('1 <= N <= 4096 and 0 <= k < N');
  const ratios = dead.map((): number[] => []);
  let whole = 0;
  let w: Matrix = { rows: 0, columns: 0, data: new Float64Array() };
  const parts = dead.length + 1;
  await forEachWatched(draws * parts, options, (index) => {
    const [draw, part] = [Math.floor(index / parts), index % parts];
    if (part === 0) {
      w = goe(size, seed + draw);
      whole = spectralRadius(w);
    } else ratios[part - 1].push(spectralRadius(leading(w, size - dead[part - 1])) / whole);
  });
  return dead.map((k, at): RadiusResult => {
    const mean = ratios[at].reduce((a, b) => a + b, 0) / draws;
    const variance = ratios[at].reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, draws - 1);
    const standardError = Math.sqrt(variance / draws);
    return { size, dead: k, expected: Math.sqrt((size - k) / size), mean, standardError, ratios: ratios[at] };
  });
}

/** The first m rows and columns. */
function leading({ columns, data }: Matrix, m: number): Matrix {
  const out = new Float64Array(m * m);
  for (let i = 0; i < m; i++) out.set(data.subarray(i * columns, i * columns + m), i * m);
  return { rows: m, columns: m, data: out };
}

/** Props. 1 to 3 for every activation that can be dead. */
export async function runExperiments(options: ExperimentOptions = {}): Promise<ExperimentReport> {
  const algebra = await loadAlgebra();
  const { signal, onProgress, seed = 1 } = options;
  const watch = { ...(signal ? { signal } : {}) };
  const radius = await radiusExperiment({
    ...options,
    ...(onProgress
      ? {
          onProgress: (done) => {
            onProgress(0.8 * done);
          },
        }
      : {}),
  });
  const flats: FlatsResult[] = [];
  const bias: BiasResult[] = [];
  const names = deadActivations();
  for (const name of names) {
    flats.push(await flatsExperiment(name, algebra, { ...options, ...watch }));
    bias.push(await biasExperiment(name, algebra, { ...options, ...watch }));
    signal?.throwIfAborted();
    onProgress?.(0.8 + (0.2 * flats.length) / names.length);
  }
  return { seed, flats, bias, radius };
}
