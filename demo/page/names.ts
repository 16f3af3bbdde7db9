/** What an energy is called in titles, tables and sentences: by its equation, and by its terms where some are left out. */
import type { Problem } from '../library.js';

const INDICES = ['₁', '₂', '₃'];

/** What fixed points are called by their class. */
export const CLASSES = {
  stable: 'memory',
  saddle: 'saddle',
  unstable: 'unstable',
  undecided: 'undecided',
} as const;

/** The one coefficient that is not zero, if there is one. */
function only({ energy: { equation, coefficients } }: Problem): string | undefined {
  if (equation === 4 || equation === 5) return undefined;
  const used = [0, 1, 2].filter((k) => coefficients[k] !== 0);
  return used.length === 1 ? `${equation === 10 ? 'a' : 'b'}${INDICES[used[0]]}` : undefined;
}

/** e.g. `eq. 4`, `eq. 10, a₂`. */
export function shortName(problem: Problem): string {
  const term = only(problem);
  return `eq. ${String(problem.energy.equation)}${term === undefined ? '' : `, ${term}`}`;
}

/** e.g. `Certified energy, eq. 14`, `Energy, eq. 14, b₃ alone`. */
export function titleOf(problem: Problem): string {
  const certified = problem.energy.certified ? 'Certified energy' : 'Energy';
  return `${certified}, ${shortName(problem)}${only(problem) === undefined ? '' : ' alone'}`;
}

/** The letter of the state. */
export const letterOf = ({ equation }: Pick<Problem, 'equation'>): string => (equation === 9 ? 'u' : 'y');
