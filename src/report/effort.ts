/**
 * How hard to look, by the number of neurons that matter: a report takes seconds for small networks and minutes for large
 * ones. What would take longer is left out, and said with its reason (`omissions`); `--all` computes it.
 */
import { defaultStarts } from '../analysis/search.js';
import type { Omission, Settings } from './data.js';

/** What may be asked for instead of the defaults. */
export type Wishes = Partial<Omit<Settings, 'seed' | 'box' | 'designSamples' | 'designEvaluations'>> & {
  readonly box?: readonly [number, number];
  readonly seed?: number;
  /** Leave nothing out because of its size. */
  readonly all?: boolean;
};

/** The parts of a report that large networks do without. */
export interface Effort extends Settings {
  readonly searches: boolean;
  readonly descends: boolean;
  readonly certifies: boolean;
  readonly compares: boolean;
  readonly decomposes: boolean;
}

/** Measured on one core: a search of 120 neurons takes a minute, as every point found takes an eigenvalue problem. */
const SEARCHED = 256;
const COMPARED = 64;

/** A value for small networks (64), for large ones (256), and for those beyond. */
const bySize = (n: number, [small, large, beyond]: readonly [number, number, number]): number =>
  n <= COMPARED ? small : n <= SEARCHED ? large : beyond;

/** The settings for a network of n neurons that matter and N in all. */
export function effortFor(n: number, neurons: number, wishes: Wishes): Effort {
  const all = wishes.all === true;
  const samples = wishes.samples ?? bySize(neurons, [4096, 1024, 256]);
  const evaluations = wishes.evaluations ?? bySize(n, [512, 16, 1]);
  return {
    box: wishes.box ?? [-4, 4],
    seed: wishes.seed ?? 1,
    starts: wishes.starts ?? bySize(n, [defaultStarts(n), 16, 4]),
    descents: wishes.descents ?? (n <= 16 ? 256 : bySize(n, [32, 4, 2])),
    evaluations,
    samples,
    side: wishes.side ?? bySize(neurons, [256, 128, 64]),
    designSamples: Math.min(samples, n <= 16 ? 1024 : 128),
    designEvaluations: Math.min(evaluations, n <= 16 ? 128 : n <= 32 ? 32 : 8),
    examined: wishes.examined ?? bySize(n, [64, 16, 4]),
    searches: all || n <= SEARCHED,
    descends: all || n <= SEARCHED,
    certifies: all || n <= SEARCHED,
    compares: all || n <= COMPARED,
    decomposes: all || n <= SEARCHED,
  };
}

/** What an effort leaves out. */
export function omissionsOf(effort: Effort, n: number): Omission[] {
  const size = `${String(n)} neurons matter`;
  const mend = 'give --all, and time';
  const left: (Omission | false)[] = [
    !effort.decomposes && {
      what: 'rank and eigenvalues of W',
      why: `${size}; a decomposition takes time with the cube of that, half a minute at 1000.`,
      mend,
    },
    !effort.searches && {
      what: 'fixed points, their spectra and condition (12)',
      why: `${size}; every Newton step solves a dense system and every point takes an eigenvalue problem, minutes in all.`,
      mend: `${mend}, or memscape fixed-points with few --starts, or memscape trajectories from states of interest`,
    },
    !effort.descends && {
      what: 'recovery from minima of E4',
      why: `${size}; every descent follows the flow and classifies its end.`,
      mend,
    },
    !effort.certifies && {
      what: 'the search for a violation of condition (11), and the numerical abscissa',
      why: `${size}; each state takes an eigenvalue problem. Proofs were tried all the same.`,
      mend,
    },
    !effort.compares && {
      what: 'the comparison of designs',
      why: `${size}; 28 designs with an eigenvalue problem at every state take minutes above ${String(COMPARED)}.`,
      mend: `${mend}, or memscape compare with few --samples and --evaluations`,
    },
  ];
  return left.filter((omission) => omission !== false);
}
