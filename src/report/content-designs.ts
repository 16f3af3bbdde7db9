/** The comparison of designs: every R with every energy, the one to take, and why. */
import type { ExaminedDesign, UnavailableDesign } from '../analysis/design-table.js';
import type { Report } from './data.js';
import { badge, paragraph, strong, type Block, type Line, type Section, type Tone } from './document.js';
import { boxWords, count, number, percent, vector } from './words.js';

/** The section of designs. */
export function designSection(report: Report): Section {
  const { designs } = report;
  return {
    id: 'designs',
    title: 'Which R, which energy',
    blocks: designs
      ? table(report, designs)
      : [paragraph(badge('caution', 'not compared'), ' Left out says why, and how to get it.')],
  };
}

const CHOICES = { certified: 'certified', third: 'third term', first: 'first term', 'eq-4': 'E4' } as const;

function table({ settings, neurons }: Report, designs: NonNullable<Report['designs']>): Block[] {
  const examined = designs.rows.filter((row) => row.available);
  const missing = designs.rows.filter((row) => !row.available);
  const best = designs.recommended === null ? undefined : designs.rows[designs.recommended];
  const marked = examined.findIndex((row) => row === best);
  return [
    paragraph(
      best ? badge('plain', 'take') : badge('blind', 'none'),
      ` ${designs.why}${designs.why.endsWith('.') ? '' : '.'}`,
    ),
    {
      kind: 'table',
      caption: 'Designs',
      note: `the same ${count(designs.points.length)} fixed points; blind share over ${count(settings.designSamples)} states of ${boxWords(settings.box, neurons)}; condition (11) tried at ${count(settings.designEvaluations)} states besides them`,
      columns: [
        { title: 'R' },
        { title: 'energy' },
        { title: 'coefficients' },
        { title: '(11)' },
        { title: 'least eigenvalue', numeric: true },
        { title: 'keeps', numeric: true },
        { title: 'loses', numeric: true },
        { title: 'adds', numeric: true },
        { title: 'undecided', numeric: true },
        { title: 'false', numeric: true },
        { title: 'blind', numeric: true },
      ],
      rows: examined.map((row) => line(row, row === best)),
      ...(marked >= 0 ? { marked } : {}),
    },
    ...unavailable(missing),
  ];
}

function line(row: ExaminedDesign, best: boolean): Line[] {
  const { condition, kept, lost, added, undecided, falseMemories, blind, worstEigenvalue } = row;
  const size = (list: readonly unknown[]): Line => [String(list.length)];
  return [
    [best ? strong(row.design) : row.design],
    [CHOICES[row.choice]],
    [vector(row.coefficients, 3)],
    [badge(...verdictOf(condition))],
    [worstEigenvalue === null ? '—' : number(worstEigenvalue, 3)],
    size(kept),
    size(lost),
    size(added),
    size(undecided),
    size(falseMemories),
    [
      blind.share === 0
        ? `0 (< ${percent(blind.upper)})`
        : `${percent(blind.share)} ± ${percent(blind.standardError)}`,
    ],
  ];
}

function verdictOf({ verdict, how }: ExaminedDesign['condition']): [Tone, string] {
  if (verdict === 'violated') return ['blind', 'violated'];
  if (verdict === 'below-rounding') return ['caution', 'not told from 0'];
  return how === 'proved' ? ['certified', 'proved'] : ['caution', 'not violated'];
}

/** What cannot be had, by reason. */
function unavailable(rows: readonly UnavailableDesign[]): Block[] {
  if (rows.length === 0) return [];
  const reasons = new Map<string, string[]>();
  for (const { why, design, choice } of rows)
    reasons.set(why, [...(reasons.get(why) ?? []), `${design} with ${CHOICES[choice]}`]);
  return [
    paragraph('Not to be had:'),
    {
      kind: 'list',
      items: [...reasons].map(([why, designs]): Line => [strong(designs.join(', ')), `: ${why}.`]),
    },
  ];
}
