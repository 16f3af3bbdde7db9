/** The four large numbers, the methods paragraph and the citation: sentences made of findings. */
import type { Fact, Findings, Origin } from './data.js';
import { boxWords, count, number, percent, plural, shareWords } from './words.js';

/** The paper. */
export const CITATION =
  'V. Fanaskov and I. Oseledets, "Associative memory and dead neurons", International Conference on Learning ' +
  'Representations (ICLR 2025), arXiv:2410.13866.';

/** What a reader should know first. */
export function factsOf(findings: Findings): Fact[] {
  return [memoryFact(findings), blindFact(findings), certificateFact(findings), lastFact(findings)];
}

function memoryFact({ points, complete, how, outcome, starts, unseenMass }: Findings): Fact {
  if (outcome === 'not-searched')
    return { value: '—', words: 'memories: not searched for (see what was left out)', tone: 'caution' };
  const real = points.filter(({ falseMemory }) => !falseMemory);
  const memories = real.filter((p) => p.class === 'stable').length;
  const found = `${memories === 1 ? 'memory' : 'memories'}; ${plural(real.length, 'fixed point')} in all`;
  if (complete) return { value: count(memories), words: `${found}, none missing: ${how}`, tone: 'certified' };
  return {
    value: count(memories),
    words: `${found} found by ${count(starts)} starts; estimated share of the box that leads elsewhere: ${number(unseenMass, 2)}`,
    tone: 'plain',
  };
}

function blindFact({ dead, energy, network, settings, neurons }: Findings): Fact {
  const share = dead.blindE4 ?? dead.blind;
  const which = network.symmetric ? 'E4' : `E${String(energy.equation)}`;
  const box = boxWords(settings.box, neurons);
  if (share.share === 0)
    return {
      value: '0 %',
      words: `of ${box} is a blind spot of ${which}: none in ${count(share.samples)} states, below ${percent(share.upper, 2)} (95 %)`,
      tone: 'plain',
    };
  return {
    value: percent(share.share),
    words: `of ${box} is a blind spot of ${which}: flat, but moving; ± ${percent(share.standardError)} (${count(share.samples)} states)`,
    tone: 'blind',
  };
}

function certificateFact({ certificates: { condition }, energy }: Findings): Fact {
  const name = `E${String(energy.equation)}`;
  if (!condition)
    return {
      value: '?',
      words: `condition (11) for ${name}: no proof applies, and none was searched against`,
      tone: 'caution',
    };
  const { worst, evaluations } = condition.search;
  const rounding = worst !== undefined && Math.abs(worst.eigenvalue) <= worst.error;
  const least = worst ? (rounding ? '0' : number(worst.eigenvalue, 3)) : '—';
  if (condition.verdict === 'violated')
    return {
      value: least,
      words: `least eigenvalue of sym(MᵀR): condition (11) is violated, ${name} may rise`,
      tone: 'blind',
    };
  if (condition.verdict === 'holds' && condition.how === 'proved')
    return {
      value: worst ? least : 'proved',
      words: `${worst ? `least eigenvalue of sym(MᵀR) at ${count(evaluations)} states${rounding ? ', to rounding' : ''}; ` : ''}proved: ${name} never rises`,
      tone: 'certified',
    };
  const words = condition.verdict === 'holds' ? 'not violated, not proved' : 'not told from 0';
  return {
    value: least,
    words: `least eigenvalue of sym(MᵀR) at ${count(evaluations)} states: ${words}`,
    tone: 'caution',
  };
}

/** Coefficients of a design in words. */
const CHOICE_WORDS = {
  certified: 'the certified coefficients',
  third: 'the third term alone',
  first: 'the first term alone',
  'eq-4': 'E4',
} as const;

/** Spurious minima where there are minima of E4, else the design to take. */
function lastFact({ dead: { recovery }, designs }: Findings): Fact {
  const minima = recovery?.outcomes.minimum ?? 0;
  if (recovery && minima > 0) {
    const spurious = spuriousOf(recovery.minima);
    return {
      value: `${count(spurious)} of ${count(minima)}`,
      words: `minima of E4 are spurious: a dead neuron wakes (${count(recovery.descents)} descents)`,
      tone: spurious > 0 ? 'blind' : 'plain',
    };
  }
  const best = designs?.recommended == null ? undefined : designs.rows[designs.recommended];
  if (best)
    return {
      value: `R = ${best.design}`,
      words: `is the design to take, with ${CHOICE_WORDS[best.choice]}`,
      tone: 'plain',
    };
  if (recovery)
    return {
      value: '0',
      words: `of ${count(recovery.descents)} descents of E4 ended in a minimum`,
      tone: 'caution',
    };
  return {
    value: '—',
    words: designs ? 'no design keeps every memory' : 'designs were not compared',
    tone: 'caution',
  };
}

/** How many descents ended in spurious minima. */
export const spuriousOf = (minima: readonly { readonly verdict: string; readonly count: number }[]): number =>
  minima.reduce((sum, { verdict, count: times }) => sum + (verdict === 'spurious' ? times : 0), 0);

/** A paragraph for the methods section of a paper: what was computed, how, with what, and how to do it again. */
export function methodsOf(findings: Findings, origin: Origin): string {
  const { dynamics, energy, settings, neurons, dimensions, hash, dead, certificates } = findings;
  const reduced =
    dimensions < neurons
      ? ` Identity layers were rotated so that ${count(dimensions)} of ${count(neurons)} dimensions remain, which is exact.`
      : '';
  const { name, precision } = origin.computedBy;
  const coefficients = energy.coefficients.map((c) => number(c, 6)).join(', ');
  return [
    `The network (${plural(neurons, 'neuron')}, SHA-256 ${hash.slice(0, 16)}…) was analysed with memscape ${origin.version}, under eq. ${String(dynamics.equation)} with R = ${dynamics.R} and the energy of eq. ${String(energy.equation)} with coefficients (${coefficients}) of Fanaskov and Oseledets (ICLR 2025).${reduced}`,
    searchSentence(findings),
    'A fixed point is stable where every eigenvalue of the Jacobian has a negative real part beyond its estimated error, and undecided where the sign of one that matters lies within it.',
    `Blind spots (${origin.tolerances.blindSpot}) were counted at uniform states of ${boxWords(settings.box, neurons)}: ${shareWords(dead.blind)} for the chosen energy${dead.blindE4 ? `, ${shareWords(dead.blindE4)} for E4` : ''}.`,
    certificates.condition
      ? `Condition (11) was ${certificates.condition.how === 'proved' ? 'proved' : `examined at ${count(certificates.condition.search.evaluations)} states`}: ${certificates.condition.verdict}.`
      : '',
    `Seed ${String(settings.seed)}. Analysis in f64; energies on slices by ${name} in ${precision}${precision === 'f32' ? ', checked against f64' : ''}.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function searchSentence({ method, outcome, how, starts, settings, neurons }: Findings): string {
  if (outcome === 'not-searched') return 'Fixed points were not searched for.';
  const where = `${count(starts)} starts in ${boxWords(settings.box, neurons)}`;
  const accepted = 'accepted at |r| ≤ 10⁻¹² (1 + |y|) and merged within 10⁻⁷ (1 + |y|)';
  if (method === 'census')
    return `Fixed points were enumerated (census: ${how}); hits were counted by Newton's method from ${where}, ${accepted}.`;
  return `Fixed points were searched for by Newton's method from ${where}, ${accepted} (outcome: ${outcome}).`;
}
