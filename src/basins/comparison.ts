/** Where two systems over the same states disagree: their basins with attractors numbered in common, cell by cell. */
import { isOnOrbit } from '../flow/orbit.js';
import { norm } from '../model/evaluator.js';
import { isTold, type Estimate } from './estimate.js';
import { countLabels, LABEL, type LabelCounts } from './labels.js';
import { inPieces, type Interruptible } from './pieces.js';
import type { Attractor, BasinSystem } from './system.js';

/** An attractor of either system; `first` and `second` are its labels there, null where it is none. */
export interface SharedAttractor {
  readonly attractor: Attractor;
  readonly first: number | null;
  readonly second: number | null;
}

/** What each cell says. */
export const VERDICT = { agree: 0, differ: 1, untold: -1 } as const;

/** Two maps against each other. */
export interface Comparison {
  readonly attractors: readonly SharedAttractor[];
  /** The labels of the second system in the numbers of `attractors`; those of the first are its own. */
  readonly labels: Int32Array;
  /** Starts of the second system, by `attractors`. */
  readonly counts: LabelCounts;
  /** A `VERDICT` for each cell: untold where either system is undecided, out of time or not a number. */
  readonly verdicts: Int8Array;
  readonly agree: number;
  readonly differ: number;
  readonly untold: number;
  /** Share that differs of what both tell; the error is that of as many random cells. Null where nothing is told. */
  readonly share: Estimate | null;
}

/** States closer than this, relative to 1 + |y|, are one attractor. */
const SAME = 1e-6;
/** Periods of one closed orbit differ by less, relatively: orbits are told to a hundredth too. */
const SAME_PERIOD = 1e-2;

/**
 * Compares two maps of the same grid.
 * @throws RangeError where they have different numbers of cells.
 */
export async function compareBasins(
  first: { readonly system: BasinSystem; readonly labels: Int32Array },
  second: { readonly system: BasinSystem; readonly labels: Int32Array },
  watch: Interruptible = {},
): Promise<Comparison> {
  if (first.labels.length !== second.labels.length)
    throw new RangeError('maps of different grids cannot be compared');
  const attractors: SharedAttractor[] = first.system.attractors.map((attractor, k) => ({
    attractor,
    first: k,
    second: null,
  }));
  const numbers = second.system.attractors.map((attractor, k) => {
    const at = attractors.findIndex(
      (shared) => shared.second === null && isSame(shared.attractor, attractor),
    );
    if (at < 0) return attractors.push({ attractor, first: null, second: k }) - 1;
    attractors[at] = { ...attractors[at], second: k };
    return at;
  });
  const labels = second.labels.map((label) => (label < 0 ? label : numbers[label]));
  const found = { agree: 0, differ: 0, untold: 0 };
  const verdicts = new Int8Array(labels.length);
  await inPieces(labels.length, watch, (from, to) => {
    for (let k = from; k < to; k++) {
      const [own, label] = [first.labels[k], labels[k]];
      const told = isKnown(own) && isKnown(label);
      const verdict = !told ? 'untold' : own === label ? 'agree' : 'differ';
      found[verdict]++;
      verdicts[k] = VERDICT[verdict];
    }
  });
  const told = found.agree + found.differ;
  const value = found.differ / told;
  return {
    attractors,
    labels,
    counts: countLabels(labels, attractors.length),
    verdicts,
    ...found,
    share: told > 0 ? { value, standardError: Math.sqrt((value * (1 - value)) / told) } : null,
  };
}

/** Resting at a saddle is a fate too: both systems may have the same boundary. */
const isKnown = (label: number) => isTold(label) || label === LABEL['saddle-slow'];

function isSame(a: Attractor, b: Attractor): boolean {
  if (a.kind === 'fixed-point')
    return b.kind === a.kind && norm(a.state.map((v, i) => v - b.state[i])) <= SAME * (1 + norm(a.state));
  if (b.kind === 'fixed-point' || Math.abs(a.period - b.period) > SAME_PERIOD * a.period) return false;
  return b.orbit.every((state) => isOnOrbit(a.orbit, state));
}
