/**
 * How hard to look, by the number of neurons that matter: a report takes seconds for small networks and minutes for large
 * ones. What would take longer is left out, and said with its reason (`omissions`); `--all` computes it.
 */
import { defaultStarts } from '../analysis/search.js';
import type { Omission, Settings } from './data.js';

/** What may be asked for instead of the defaults. */
export type Wishes = Partial<Omit<Settings, 'seed' | 'box'>> & {
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

/** Measured on one core: a search of 256 neurons takes half a minute, 28 designs of 64 neurons one minute. */
const SEARCHED = 256;
const COMPARED = 64;

const bySize = (n: number, sizes: readonly (readonly [upTo: number, value: number])[]): number =>
  sizes.find(([upTo]) => n <= upTo)?.[1] ?? sizes[sizes.length - 1][1];

/** The settings for a network of n neurons that matter and N in all. */
export function effortFor(n: number, neurons: number, wishes: Wishes): Effort {
  const all = wishes.all === true;
  return {
    box: wishes.box ?? [-4, 4],
    seed: wishes.seed ?? 1,
    starts:
      wishes.starts ??
      (n <= 64
        ? defaultStarts(n)
        : bySize(n, [
            [256, 64],
            [Infinity, 4],
          ])),
    descents:
      wishes.descents ??
      bySize(n, [
        [16, 256],
        [64, 32],
        [256, 8],
        [Infinity, 2],
      ]),
    evaluations:
      wishes.evaluations ??
      bySize(n, [
        [16, 512],
        [64, 128],
        [256, 8],
        [Infinity, 1],
      ]),
    samples:
      wishes.samples ??
      bySize(neurons, [
        [64, 4096],
        [256, 1024],
        [Infinity, 256],
      ]),
    side:
      wishes.side ??
      bySize(neurons, [
        [64, 256],
        [256, 128],
        [Infinity, 64],
      ]),
    designSamples:
      wishes.designSamples ??
      bySize(n, [
        [16, 1024],
        [Infinity, 128],
      ]),
    designEvaluations:
      wishes.designEvaluations ??
      bySize(n, [
        [16, 128],
        [32, 32],
        [Infinity, 8],
      ]),
    examined:
      wishes.examined ??
      bySize(n, [
        [64, 64],
        [256, 16],
        [Infinity, 4],
      ]),
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
