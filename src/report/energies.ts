/**
 * The two energies of the figures (DESIGN.md, section 1: the lie beside the truth). Left the one in question: E4, the
 * energy that dead neurons flatten. Right the one that answers: the chosen energy, or, where that is E4 itself, the best
 * one that is known for the same dynamics.
 */
import { krotovHopfield } from '../analysis/krotov-hopfield.js';
import { resolveProblem, type Problem } from '../model/problem.js';
import type { Model } from '../types.js';

/** Whether an energy is E4: eq. 4, eq. 5 (E4 and a constant), or the second term alone. */
function isE4({ energy }: Problem): boolean {
  const [first, , third] = energy.coefficients;
  return first === 0 && third === 0;
}

/** E4 under R = I in the problem's own states; undefined where W is not symmetric and E4 no energy. */
export function energyInQuestion(problem: Problem): Problem | undefined {
  if (!problem.network.symmetric) return undefined;
  const four = krotovHopfield(problem);
  if (problem.equation !== 9) return four;
  const energy = { ...four.energy, equation: 10 as const, why: 'the second term alone: E4 at W u + b' };
  return { ...four, equation: 9, energy };
}

/** What is drawn, from left to right: one or two problems with the same states. */
export async function energiesOf(
  model: Model,
  problem: Problem,
): Promise<readonly { readonly role: 'question' | 'answer'; readonly problem: Problem }[]> {
  const question = isE4(problem) ? problem : energyInQuestion(problem);
  if (!question) return [{ role: 'answer', problem }];
  const answer = isE4(problem) ? await bestOf(model) : problem;
  return [
    { role: 'question', problem: question },
    { role: 'answer', problem: answer },
  ];
}

/** The same dynamics with the coefficients that are chosen where a model names none. */
function bestOf(model: Model): Promise<Problem> {
  const equation = model.dynamics.equation === 9 ? 10 : 14;
  return resolveProblem({ ...model, energy: { equation, coefficients: 'default' } });
}
