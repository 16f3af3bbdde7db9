/**
 * The recommended design out of a comparison, and why. A row that changes a memory is worse than one that does not,
 * then come condition (11) (proved before searched before unknown), blind spots, false memories, and last how simple R is.
 */
import type { DesignComparison, DesignRow, ExaminedDesign, SharedPoint } from './design-table.js';

/** Simplest first; the order decides between rows that are equally good. */
const SIMPLICITY = [
  'identity',
  'gradient',
  'weights',
  'polar',
  'spectral-tanh',
  'sylvester',
  'adaptive-polar',
];

const changed = ({ lost, added, undecided }: ExaminedDesign) => lost.length + added.length + undecided.length;

function trust({ condition }: ExaminedDesign): number {
  if (condition.verdict === 'violated') return 3;
  if (condition.verdict === 'below-rounding') return 2;
  return condition.how === 'proved' ? 0 : 1;
}

const penalties = (row: ExaminedDesign): readonly number[] => [
  changed(row),
  trust(row),
  row.falseMemories.length,
  row.blind.share,
  SIMPLICITY.indexOf(row.design),
];

function better(a: ExaminedDesign, b: ExaminedDesign): boolean {
  const [p, q] = [penalties(a), penalties(b)];
  const k = p.findIndex((value, i) => value !== q[i]);
  return k >= 0 && p[k] < q[k];
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** The best row, and what speaks for and against it. */
export function recommend(
  points: readonly SharedPoint[],
  rows: readonly DesignRow[],
): Pick<DesignComparison, 'recommended' | 'why'> {
  const examined = rows.filter((row) => row.available);
  const best = examined.reduce<ExaminedDesign | undefined>((a, b) => (!a || better(b, a) ? b : a), undefined);
  const memories = points.filter((point) => point.class === 'stable').length;
  if (!best || trust(best) === 3 || best.lost.length > 0)
    return {
      recommended: null,
      why: 'no design keeps every memory of eq. 1 with an energy that falls along its flow',
    };
  const name = `R = ${best.design} with ${words(best.choice)}`;
  const facts = [
    `keeps ${best.kept.length === memories ? `all ${String(memories)}` : `${String(best.kept.length)} of ${String(memories)}`} memories of eq. 1 and adds ${best.added.length === 0 ? 'none' : String(best.added.length)}`,
    best.condition.how === 'proved'
      ? `condition (11) is proved: ${best.condition.why}`
      : `condition (11) was ${best.condition.verdict === 'holds' ? 'not violated' : 'not told from 0'} at ${String(best.condition.search.evaluations)} states, without a proof`,
    best.blind.share === 0 ? 'no blind spot was found' : `blind in ${percent(best.blind.share)} of the box`,
    best.falseMemories.length === 0
      ? 'no false memory was found'
      : `${String(best.falseMemories.length)} false memories`,
  ];
  return { recommended: rows.indexOf(best), why: `${name}: ${facts.join('; ')}.` };
}

const words = (choice: ExaminedDesign['choice']): string =>
  ({
    certified: 'the certified coefficients',
    third: 'the third term alone',
    first: 'the first term alone',
    'eq-4': 'eq. 4',
  })[choice];
