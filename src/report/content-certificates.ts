/** The certificates section: what is proved of the chosen energy, what was only not refuted, what is violated. */
import type { Report } from './data.js';
import { badge, paragraph, strong, type Block, type Inline, type Line, type Section } from './document.js';
import { condition12, CONDITION_11 } from './formulas.js';
import { boxWords, count, number, vector } from './words.js';

/** The certificates section. */
export function certificateSection(report: Report): Section {
  return {
    id: 'certificates',
    title: 'Certificates',
    blocks: [
      { kind: 'formula', ...CONDITION_11 },
      { kind: 'terms', rows: conditionRows(report) },
      ...premises(report),
      { kind: 'formula', ...condition12(report.dynamics.equation) },
      paragraph(...minima(report)),
      { kind: 'terms', rows: [...abscissaRows(report), ...boundedRows(report)] },
    ],
  };
}

function conditionRows({
  certificates: { condition },
  settings,
  neurons,
  energy,
}: Report): (readonly [string, Line])[] {
  if (!condition)
    return [['Condition (11)', [badge('caution', 'not examined'), ' no proof applies; Left out says why.']]];
  const { verdict, how, why, search } = condition;
  const proved = verdict === 'holds' && how === 'proved';
  const tone = proved ? 'certified' : verdict === 'violated' ? 'blind' : 'caution';
  const label =
    verdict === 'holds' ? (proved ? 'holds, proved' : 'not violated, searched') : verdict.replace('-', ' ');
  const rows: (readonly [string, Line])[] = [
    [`(11) for E${String(energy.equation)}`, [badge(tone, label), ` ${why}`]],
  ];
  const { worst, evaluations, rise, undefinedStates } = search;
  if (worst)
    rows.push([
      'Least eigenvalue',
      [
        `${number(worst.eigenvalue, 6)} (error ${number(worst.error, 2)}) at ${vector(worst.state, 4)}, among ${count(evaluations)} states: the fixed points, half of the others uniform in ${boxWords(settings.box, neurons)}, half near the worst${undefinedStates > 0 ? `; R is not defined at ${count(undefinedStates)} of them` : ''}`,
      ],
    ]);
  if (rise)
    rows.push([
      'The energy rises',
      [
        `from ${vector(rise.state, 4)} by ${number(rise.rise, 3)} in a time of ${number(rise.time, 2)}${rise.ownBias ? '' : ', with another bias'}`,
      ],
    ]);
  return rows;
}

function premises({ certificates: { condition } }: Report): Block[] {
  const proofs = condition?.proofs ?? [];
  if (proofs.length === 0) return [];
  return [
    {
      kind: 'list',
      items: proofs.map(({ name, premises: all, applies }): Line => [
        applies ? badge('certified', 'applies') : badge('plain', 'does not apply'),
        ` ${name}${all.length > 0 ? ': ' : '.'}`,
        ...all.flatMap(({ statement, met }, k): Inline[] => [
          `${k > 0 ? '; ' : ''}${statement} (${met ? 'yes' : 'no'})`,
        ]),
      ]),
    },
  ];
}

/** Condition (12), point by point. */
function minima({ points }: Report): Line {
  const of = (verdict: string) => points.filter((p) => p.minimum?.verdict === verdict);
  const named = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name).join(', ');
  const least = (p: (typeof points)[number]) => p.minimum?.eigenvalues[0] ?? NaN;
  const [yes, no, unsure] = ['yes', 'no', 'below-rounding'].map(of);
  if (yes.length + no.length + unsure.length === 0) return ['(12) was examined at no fixed point.'];
  const parts: Inline[] = [];
  if (yes.length > 0)
    parts.push(
      strong(named(yes)),
      ` ${yes.length === 1 ? 'is a strict minimum' : 'are strict minima'} of the chosen energy (least eigenvalue of its Hessian: ${yes
        .map((p) => number(least(p), 4))
        .slice(0, 8)
        .join(', ')}). `,
    );
  if (no.length > 0)
    parts.push(
      strong(named(no)),
      ` ${no.length === 1 ? 'is' : 'are'} not: ${no
        .map((p) => number(least(p), 4))
        .slice(0, 8)
        .join(', ')}. `,
    );
  if (unsure.length > 0)
    parts.push(
      strong(named(unsure)),
      ': the least eigenvalue is not told from 0 (flat along dead neurons, or a continuum).',
    );
  return parts;
}

function abscissaRows({ certificates: { abscissa }, dynamics }: Report): (readonly [string, Line])[] {
  const matrix = dynamics.equation === 9 ? 'H W' : 'W H';
  if (!abscissa) return [[`Numerical abscissa of ${matrix}`, ['not examined']]];
  const { largest, states } = abscissa;
  return [
    [
      `Numerical abscissa of ${matrix}`,
      [
        `largest ${number(largest, 5)} at ${count(states)} states; ${largest <= 1 ? 'at most 1 there: |r| does not grow under R = I' : 'above 1: the third term alone is no Lyapunov function for R = I'}`,
      ],
    ],
  ];
}

function boundedRows({ certificates: { bounded } }: Report): (readonly [string, Line])[] {
  if (!bounded) return [];
  const tone =
    bounded.verdict === 'bounded' ? 'certified' : bounded.verdict === 'unbounded' ? 'blind' : 'caution';
  const ray = bounded.ray ? `, along g = ${vector(bounded.ray, 4)}` : '';
  return [['E4 bounded below', [badge(tone, bounded.verdict), ` ${bounded.why}${ray}`]]];
}
