/**
 * Which R and which energy for this network? The practical question of the paper, answered by trying all of them: for
 * every design of R and every choice of coefficients, whether condition (11) holds (and by what proof), which memories
 * of eq. 1 the flow keeps, loses and adds, which steady states are false, and in how much of a box the energy is blind.
 *
 * Steady states do not move with R (where it is regular), so they are found once; their class is that of R Dr.
 */
import { MemscapeError } from '../errors.js';
import type { Algebra } from '../model/algebra.js';
import { Evaluator } from '../model/evaluator.js';
import { resolveProblem, type Problem } from '../model/problem.js';
import type { DesignChoice, EnergyChoice, Model, Network } from '../types.js';
import { blindShare } from './blind-spots.js';
import { boxOf, breathe, STREAM, uniformStates, type Box, type Watch } from './box.js';
import { certifyCondition, rankLosses } from './certificates.js';
import type {
  CoefficientChoice,
  DesignComparison,
  DesignRow,
  ExaminedDesign,
  SharedPoint,
} from './design-table.js';
import { falseMemoryExamples } from './false-memory-examples.js';
import { findFixedPoints } from './find-fixed-points.js';
import { fixedPointsFrom } from './fixed-points.js';
import { stabilityAt } from './stability.js';
import { argumentOf } from './krotov-hopfield.js';
import { recommend } from './recommend.js';

/** What to compare, and how hard to look. */
export interface CompareOptions extends Watch {
  /** 13 (default) or 9. */
  readonly equation?: 9 | 13;
  /** States; [-4, 4] in every coordinate by default. */
  readonly box?: Box;
  /** Newton starts for the fixed points, where no census can list them all; 512 by default. */
  readonly starts?: number;
  /** Eigenvalue decompositions for condition (11), per row; 256 by default. */
  readonly evaluations?: number;
  /** States sampled for blind spots, per row; 1024 by default. */
  readonly samples?: number;
  /** 1 by default. */
  readonly seed?: number;
  /** Steady states of eq. 1 (or 9 with R = I) in the problem's states that are known already; none are searched then. */
  readonly points?: readonly Float64Array[];
}

const CHOICES: readonly CoefficientChoice[] = ['certified', 'third', 'first', 'eq-4'];
const DESIGNS: readonly (readonly [name: string, choice: DesignChoice])[] = [
  ['identity', { name: 'identity' }],
  ['weights', { name: 'weights' }],
  ['polar', { name: 'polar' }],
  ['spectral-tanh', { name: 'spectral', function: 'tanh' }],
  ['sylvester', { name: 'sylvester', matrix: 'identity' }],
  ['gradient', { name: 'gradient' }],
  ['adaptive-polar', { name: 'adaptive-polar' }],
];

function energyOf(choice: CoefficientChoice, equation: 9 | 13): EnergyChoice {
  const mixture = equation === 9 ? 10 : 14;
  switch (choice) {
    case 'certified':
      return { equation: mixture, coefficients: 'certified' };
    case 'third':
      return { equation: mixture, coefficients: [0, 0, 1] };
    case 'first':
      return { equation: mixture, coefficients: [1, 0, 0] };
    case 'eq-4':
      return equation === 9
        ? { equation: 10, coefficients: [0, 1, 0] }
        : { equation: 4, coefficients: [0, 1, 0] };
  }
}

/**
 * Every design of R with every choice of coefficients on one network.
 * @throws MemscapeError (exit 2) where the network itself cannot be resolved with R = I.
 */
export async function compareDesigns(
  network: Network,
  algebra: Algebra,
  options: CompareOptions = {},
): Promise<DesignComparison> {
  const { equation = 13 } = options;
  const model = (design: DesignChoice, energy: EnergyChoice): Model => ({
    name: 'comparison',
    hash: '',
    notices: [],
    network,
    dynamics: { equation, design },
    energy,
  });
  const base = await resolveProblem(model({ name: 'identity' }, energyOf('third', equation)));
  const { points, complete, starts } = await sharedPoints(base, algebra, options);
  const rows: DesignRow[] = [];
  const total = DESIGNS.length * CHOICES.length;
  for (const [design, choice] of DESIGNS)
    for (const coefficients of CHOICES) {
      const name = { design, choice: coefficients };
      const problem = await resolveProblem(model(choice, energyOf(coefficients, equation))).catch(
        (error: unknown) => {
          if (error instanceof MemscapeError) return error;
          throw error;
        },
      );
      rows.push(
        problem instanceof MemscapeError
          ? { available: false, ...name, why: problem.what }
          : { available: true, ...name, ...(await examine(problem, algebra, points, options)) },
      );
      options.onProgress?.(rows.length / total);
      await breathe(options.signal);
    }
  const shared = points.map(({ state, class: kind }): SharedPoint => ({
    argument: [...argumentOf(base, state)],
    state: [...state],
    class: kind,
  }));
  return { equation, points: shared, complete, starts, rows, ...recommend(shared, rows) };
}

/** A steady state of eq. 1 as the comparison needs it. */
interface Shared {
  readonly state: Float64Array;
  readonly class: SharedPoint['class'];
}

/** The steady states that all rows share: the given ones, or what the finder finds (a census where there can be one). */
async function sharedPoints(
  base: Problem,
  algebra: Algebra,
  options: CompareOptions,
): Promise<{ readonly points: readonly Shared[]; readonly complete: boolean; readonly starts: number }> {
  const { box = [-4, 4], seed = 1, starts = 512, points: given, signal } = options;
  if (given) return { points: fixedPointsFrom(base, algebra, given), complete: false, starts: 0 };
  const pairs = boxOf(box, base.network.size);
  const wide = [Math.min(...pairs.map(([lo]) => lo)), Math.max(...pairs.map(([, hi]) => hi))] as const;
  const found = await findFixedPoints(base, algebra, {
    box: wide,
    starts,
    seed,
    ...(signal ? { signal } : {}),
  });
  const points = found.points.filter(({ falseMemory }) => !falseMemory);
  return { points, complete: found.complete, starts: found.starts };
}

type Examined = Omit<ExaminedDesign, 'available' | 'design' | 'choice'>;

async function examine(
  problem: Problem,
  algebra: Algebra,
  points: readonly Shared[],
  options: CompareOptions,
): Promise<Examined> {
  const { box = [-4, 4], seed = 1, evaluations = 256, samples = 1024, signal } = options;
  const watch = { box, seed, ...(signal ? { signal } : {}) };
  const states = points.map(({ state }) => state);
  const condition = await certifyCondition(problem, algebra, { ...watch, evaluations, states });
  const evaluator = new Evaluator(problem, algebra);
  const classes = states.map((state) => stabilityAt(evaluator, algebra, state).class);
  const indices = [...points.keys()];
  const memories = indices.filter((k) => points[k].class === 'stable');
  const rank = await rankLosses(problem, algebra, {
    ...watch,
    evaluations: Math.min(evaluations, 128),
    states,
  });
  const singular = rank.singularShare > 0;
  const stateOf = uniformStates(box, problem.network.size, seed, STREAM.regions);
  const seeds = Array.from({ length: 24 }, (_, k) => stateOf(k));
  return {
    coefficients: problem.energy.coefficients,
    condition,
    worstEigenvalue: condition.search.worst?.eigenvalue ?? null,
    classes,
    kept: memories.filter((k) => classes[k] === 'stable'),
    lost: memories.filter((k) => classes[k] === 'saddle' || classes[k] === 'unstable'),
    added: indices.filter((k) => classes[k] === 'stable' && points[k].class !== 'stable'),
    undecided: memories.filter((k) => classes[k] === 'undecided'),
    falseMemories: singular ? falseMemoryExamples(problem, algebra, seeds, 8) : [],
    rank,
    blind: await blindShare(problem, algebra, { ...watch, samples }),
  };
}
