/** The flags of `memscape basins` as values. Everything here throws usage errors (exit 2). */
import type { FlowChoice } from '../basins/system.js';
import { methods } from '../flow/methods.js';
import type { FixedMethod } from '../flow/task.js';
import { chooseFrom, quote } from '../model/check.js';
import { resolveProblem, type Problem } from '../model/problem.js';
import type { DesignChoice, Model } from '../types.js';
import { plainNumber, readBox } from './arguments.js';
import { usageError } from './usage.js';

type Given = Readonly<Record<string, unknown>>;

/** Methods whose steps have one length. */
export const FIXED_METHODS = Object.keys(methods).filter(
  (name) => !('error' in methods[name as keyof typeof methods]),
);
const SAVED = ['time', 'energy-drop'] as const;
const DESIGNS = ['identity', 'weights', 'polar', 'gradient', 'adaptive-polar'] as const;
/** What --compare takes: eq. 1, eq. 13 with R = gradient, the map, or a design of R. */
const COMPARED = ['1', '13', 'map', ...DESIGNS];
const MOST_POINTS = 2 ** 20;
/** Starts in N dimensions are held in memory: 1 GiB. */
const MOST_NUMBERS = 2 ** 27;
const SCRAMBLINGS = 16;

/** Arrays beside the labels. */
type Saved = (typeof SAVED)[number];

/** What `basins` is asked for beside its slice. */
export interface BasinFlags {
  readonly choice: FlowChoice;
  readonly full: boolean;
  readonly save: readonly Saved[];
  /** Sobol points of each scrambling; undefined: no measures in N dimensions. */
  readonly fractions: number | undefined;
  readonly box: readonly [number, number] | undefined;
  readonly shocks: boolean;
  readonly bounds: boolean;
  /** One of `COMPARED`. */
  readonly compare: string | undefined;
}

/** Reads the flags; `problem` decides what --compare compares with where it does not say. */
export function readBasinFlags(given: Given, problem: Problem): BasinFlags {
  const save = typeof given.save === 'string' ? readSaved(given.save) : [];
  return {
    choice: {
      ...(typeof given.method === 'string' ? { method: readMethod(given.method) } : {}),
      ...(typeof given.step === 'string' ? { step: readStep(given.step) } : {}),
    },
    // Times are known of starts that were followed.
    full: given.full === true || save.includes('time'),
    save: given.full === true && !save.includes('time') ? ['time', ...save] : save,
    fractions: typeof given.fractions === 'string' ? readPoints(given.fractions, problem) : undefined,
    box: typeof given.box === 'string' ? readBox(given.box) : undefined,
    shocks: given.shocks === true,
    bounds: given.bounds === true,
    compare: readCompared(given.compare, problem),
  };
}

function readMethod(text: string): FixedMethod {
  const found = FIXED_METHODS.find((name) => name === text);
  if (found !== undefined) return found as FixedMethod;
  throw usageError(
    `--method: ${quote(text)} is not a method of fixed steps`,
    'kernels take steps of one length.',
    chooseFrom(text, FIXED_METHODS),
  );
}

function readStep(text: string): number {
  const value = plainNumber(text);
  if (value !== undefined && value > 0 && value <= 10) return value;
  throw usageError(
    `--step: expected a number above 0 and up to 10, found ${quote(text)}`,
    'it is the length of a step in time.',
    'give for example --step 0.25, or leave it out: it is then chosen by step doubling',
  );
}

function readSaved(text: string): Saved[] {
  const names = text.split(',').map((name) => name.trim());
  return SAVED.filter((saved) =>
    names.some((name) => {
      if (SAVED.some((one) => one === name)) return name === saved;
      throw usageError(
        `--save: ${quote(name)} cannot be saved`,
        'it names arrays beside the labels.',
        chooseFrom(name, [...SAVED]),
      );
    }),
  );
}

function readPoints(text: string, { network: { size } }: Problem): number {
  const points = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  const fitting = 2 ** Math.floor(Math.log2(MOST_NUMBERS / (SCRAMBLINGS * size)));
  const most = Math.max(16, Math.min(MOST_POINTS, fitting));
  if (points >= 16 && points <= most && Number.isInteger(Math.log2(points))) return points;
  throw usageError(
    `--fractions: expected a power of two from 16 to ${String(most)}, found ${quote(text)}`,
    `so many Sobol points of each of ${String(SCRAMBLINGS)} scramblings are followed, and held in memory; other numbers lose their evenness.`,
    'give for example --fractions 1024',
  );
}

function readCompared(given: unknown, { equation, design }: Problem): string | undefined {
  if (given === undefined) return undefined;
  const text =
    given === true
      ? design.kind === 'identity'
        ? 'map'
        : 'identity'
      : typeof given === 'string'
        ? given
        : '';
  if (!COMPARED.includes(text))
    throw usageError(
      `--compare: ${quote(text)} is not a system`,
      'it names what the basins are compared with.',
      chooseFrom(text, COMPARED),
    );
  if (equation === 9 && (text === '1' || text === '13'))
    throw usageError(
      `--compare ${text}: the model is of eq. 9`,
      'its states are u and not y, so cells of both maps would mean different things.',
      'compare with a design of R (for example --compare gradient) or with --compare map',
    );
  return text;
}

/** The problem that is compared with; undefined for the map, which has the problem's own. */
export async function comparedProblem(model: Model, compare: string): Promise<Problem | undefined> {
  if (compare === 'map') return undefined;
  const name = (compare === '1' ? 'identity' : compare === '13' ? 'gradient' : compare) as Exclude<
    DesignChoice['name'],
    'spectral' | 'sylvester' | 'matrix'
  >;
  const { equation } = model.dynamics;
  return resolveProblem({
    ...model,
    dynamics: { equation: name !== 'identity' && equation === 1 ? 13 : equation, design: { name } },
    energy: { equation: equation === 9 ? 10 : 14, coefficients: 'default' },
  });
}

/** The problem with the certified energy; or why it has none. */
export async function certifiedProblem(model: Model, problem: Problem): Promise<Problem | string> {
  if (problem.energy.certified) return problem;
  const equation = problem.equation === 9 ? 10 : 14;
  try {
    return await resolveProblem({ ...model, energy: { equation, coefficients: 'certified' } });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
