/** The certificates section: condition (11), the numerical abscissa, and whether E4 is bounded below. */
import { boundedBelow } from '../analysis/bounded.js';
import { forEachWatched, STREAM, uniformStates } from '../analysis/box.js';
import { certifyCondition, numericalAbscissa, type ConditionReport } from '../analysis/certificates.js';
import { proofsOf } from '../analysis/proofs.js';
import type { CertificateFacts, ReportPoint } from './data.js';
import type { Effort } from './effort.js';
import { watchOf, type Subject } from './subject.js';

/** States of the box at which the abscissa is looked at, besides the fixed points. */
const ABSCISSAE = 256;

/** Certificates of the chosen energy. */
export async function certificateFacts(
  subject: Subject,
  points: readonly ReportPoint[],
  effort: Effort,
  signal: AbortSignal | undefined,
  onProgress: (done: number) => void,
): Promise<CertificateFacts> {
  const { inner, algebra, project } = subject;
  const bounded = inner.network.symmetric && effort.decomposes ? boundedBelow(algebra, inner.network) : null;
  if (!effort.certifies) return { condition: provedOnly(subject), abscissa: null, bounded };
  const { box, seed, evaluations } = effort;
  const states = points
    .filter(({ falseMemory }) => !falseMemory)
    .slice(0, effort.examined)
    .map(({ state }) => project(Float64Array.from(state)));
  const condition = await certifyCondition(inner, algebra, {
    box,
    seed,
    evaluations,
    states,
    ...watchOf(signal, (done) => {
      onProgress(0.8 * done);
    }),
  });
  const stateOf = uniformStates(box, inner.network.size, seed, STREAM.search);
  const count = states.length + Math.min(ABSCISSAE, evaluations);
  let largest = -Infinity;
  await forEachWatched(
    count,
    watchOf(signal, (done) => {
      onProgress(0.8 + 0.2 * done);
    }),
    (k) => {
      largest = Math.max(largest, numericalAbscissa(inner, algebra, states.at(k) ?? stateOf(k)));
    },
  );
  return { condition, abscissa: { largest, states: count }, bounded };
}

/** Condition (11) by proof, without a look at any state; null where no proof applies. */
function provedOnly({ inner, algebra }: Subject): ConditionReport | null {
  const proofs = proofsOf(inner, algebra);
  const applied = proofs.find(({ applies }) => applies);
  const search = { evaluations: 0, undefinedStates: 0, refuted: false };
  return applied ? { verdict: 'holds', how: 'proved', why: applied.name, proofs, search } : null;
}
