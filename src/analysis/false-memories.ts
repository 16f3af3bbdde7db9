/**
 * False memories: R r = 0 with r != 0, where R is singular. They are steady states of eqs. 9 and 13 and not of eq. 1. A
 * constant R of rank k < N makes them continua of dimension N - k; under `gradient` they are the points where M(y) r = 0,
 * those minima of the energy included in which a search for zeros of r gets stuck.
 */
import type { Algebra } from '../model/algebra.js';
import { norm, type Evaluator } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import { ZeroSets, type ZeroSet } from './continua.js';
import { Ends } from './ends.js';
import { Newton } from './newton.js';
import { Breath, residualAt, searchBox, type SearchOptions } from './search.js';
import { VelocityField } from './state-field.js';

const STARTS = 256;
/** |r| relative to 1 + |y| above which R r = 0 is no fixed point that was found inexactly. */
const FALSE = 1e-6;
const SINGULAR = 1e-10;

/** Whether R can make r vanish: certified energies have M >= 0.2 I, polar factors are orthogonal. */
function canDeceive({ design, energy }: Problem, algebra: Algebra): boolean {
  if (design.kind === 'gradient') return !energy.certified;
  if (design.kind !== 'matrix') return false;
  const { s } = algebra.svd(design.matrix);
  return !(s[s.length - 1] > SINGULAR * s[0]);
}

/** The false memories that searches in the box end in; none where R is invertible. */
export async function falseMemories(
  evaluator: Evaluator,
  algebra: Algebra,
  options: Required<Pick<SearchOptions, 'starts' | 'box' | 'seed'>> & SearchOptions,
): Promise<ZeroSet[]> {
  if (!canDeceive(evaluator.problem, algebra)) return [];
  const field = new VelocityField(evaluator);
  const newton = new Newton(field);
  const { signal, box, seed } = options;
  const starts = Math.min(options.starts, STARTS);
  const ends = new Ends();
  await searchBox(field, newton, ends, { starts, box, seed, ...(signal ? { signal } : {}) });
  const sets = new ZeroSets(field, newton, algebra);
  const deceiving = ends.all.filter(({ state }) => residualAt(evaluator, state) > FALSE * (1 + norm(state)));
  await sets.add(deceiving, new Breath(signal));
  return sets.all;
}
