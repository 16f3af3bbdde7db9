/** The loops to beat, wherever they run: in this thread for the command line, in a worker for a page that stays responsive. */
import { baselineField, type SliceCase } from './baseline.js';
import { plain, sameAlgorithm, type Disc } from './basin-loops.js';

/** A result and how long it took, in ms, on the clock of the thread that computed it. */
export interface Timed<T> {
  readonly value: T;
  readonly milliseconds: number;
}

export interface BasinWork {
  readonly loop: 'same' | 'plain';
  readonly discs: readonly Disc[];
  readonly step: number;
  /** Starts along each side. */
  readonly size: number;
}

export interface Loops {
  readonly field: (given: SliceCase) => Promise<Timed<Float32Array>>;
  readonly basins: (work: BasinWork) => Promise<Timed<Int32Array>>;
}

function timed<T>(run: () => T): Timed<T> {
  const start = performance.now();
  const value = run();
  return { value, milliseconds: performance.now() - start };
}

export const timedField = (given: SliceCase): Timed<Float32Array> => timed(() => baselineField(given));

export const timedBasins = ({ loop, discs, step, size }: BasinWork): Timed<Int32Array> =>
  timed(() => (loop === 'same' ? sameAlgorithm : plain)(discs, step, size));

export const loopsHere: Loops = {
  field: (given) => Promise.resolve(timedField(given)),
  basins: (work) => Promise.resolve(timedBasins(work)),
};
