/** The dead-neuron section: which directions are flat and how that was told, what minima of E4 hide, how much is blind. */
import type { FlatFacts, RecoveryFacts, Report } from './data.js';
import { badge, paragraph, strong, type Block, type Line, type Section, type Tone } from './document.js';
import { spuriousOf } from './facts.js';
import { boxWords, count, names, number, plural, shareWords } from './words.js';

/** The dead-neuron section. */
export function deadSection(report: Report): Section {
  const { dead } = report;
  return {
    id: 'dead-neurons',
    title: 'Dead neurons',
    blocks: [{ kind: 'terms', rows: blindRows(report) }, ...flatBlocks(dead), ...recoveryBlocks(report)],
  };
}

function blindRows({ dead, energy, settings, neurons }: Report): (readonly [string, Line])[] {
  const box = boxWords(settings.box, neurons);
  const own: readonly [string, Line] = [
    `Blind spots of E${String(energy.equation)}`,
    [`${shareWords(dead.blind)} of ${box}, the chosen energy`],
  ];
  const four: (readonly [string, Line])[] = dead.blindE4
    ? [['Blind spots of E4', [`${shareWords(dead.blindE4)} of ${box}`]]]
    : [];
  return [...four, own];
}

const ends = ([lo, hi]: FlatFacts['ends']) =>
  `[${lo === null ? '−∞' : number(lo, 4)}, ${hi === null ? '∞' : number(hi, 4)}]`;

/** One row for each verdict and point; a row of a large layer stands for many directions. */
function flatBlocks({ flats, examined, ownFlats }: Report['dead']): Block[] {
  if (examined === 0) return [paragraph('No fixed point was examined for flat directions.')];
  if (flats.length === 0)
    return [
      paragraph(
        `H has no null direction at ${examined === 1 ? 'the fixed point' : `any of ${plural(examined, 'fixed point')}`}: nothing is dead there.`,
      ),
    ];
  return [
    {
      kind: 'table',
      caption: 'Flat directions at fixed points',
      note: `null directions of H at ${plural(examined, 'point')}, each walked along both ways: g and E4 were evaluated, not deduced`,
      columns: [
        { title: 'at' },
        { title: 'neurons' },
        { title: 'verdict' },
        { title: 'flat for c in' },
        { title: 'largest change of g', numeric: true },
        { title: 'of E4', numeric: true },
        { title: 'up to |c|', numeric: true },
        { title: 'why' },
      ],
      rows: flats.map((flat) => [
        [strong(flat.point)],
        [names(flat.neurons)],
        [badge(flat.verdict === 'dead' ? 'blind' : 'plain', `${flat.verdict}, ${flat.set}`)],
        [ends(flat.ends)],
        [number(flat.reaction, 2)],
        [flat.energyChange === null ? '—' : number(flat.energyChange, 2)],
        [number(flat.length, 3)],
        [flat.why],
      ]),
    },
    paragraph(
      ownFlats.tried === 0
        ? 'No direction of the state corresponds to them.'
        : `Along these directions the chosen energy is flat in ${String(ownFlats.flat)} of ${plural(ownFlats.tried, 'case')}.`,
    ),
  ];
}

function recoveryBlocks({ dead: { recovery }, settings, neurons }: Report): Block[] {
  if (!recovery) return [paragraph('Minima of E4 were not examined; Left out says why.')];
  const { descents, outcomes, minima } = recovery;
  const others = Object.entries(outcomes)
    .filter(([name, times]) => name !== 'minimum' && times > 0)
    .map(([name, times]) => `${count(times)} ${name}`);
  const spurious = spuriousOf(minima);
  const words = paragraph(
    `${plural(descents, 'descent')} of E4 from uniform states of ${boxWords(settings.box, neurons)}: ${plural(outcomes.minimum, 'minimum', 'minima')}${others.length > 0 ? `, ${others.join(', ')}` : ''}. `,
    ...(spurious > 0
      ? [
          badge('blind', `${count(spurious)} spurious`),
          ' E4 cannot see that a dead neuron wants to wake; the flow leaves these minima.',
        ]
      : minima.length > 0
        ? ['None of them is spurious: Prop. 4.3 leads each of them to where the flow goes.']
        : []),
  );
  return minima.length === 0 ? [words] : [words, recoveryTable(minima)];
}

const VERDICTS: Readonly<Record<RecoveryFacts['verdict'], readonly [Tone, string]>> = {
  recovered: ['certified', 'recovered'],
  'recovered-nearly': ['plain', 'recovered, nearly'],
  spurious: ['blind', 'spurious'],
  'not-a-minimum': ['caution', 'not a minimum'],
};

function recoveryTable(minima: readonly RecoveryFacts[]): Block {
  return {
    kind: 'table',
    caption: 'Recovery from minima of E4 (Prop. 4.3)',
    note: 'y* = (1 − P) y + P (W g(y) + b), P the projector on null H; largest |r| and most dead dimensions of the descents in a row; nearly: a saturated neuron still reacts a little',
    columns: [
      { title: 'verdict' },
      { title: 'descents', numeric: true },
      { title: 'dead dims', numeric: true },
      { title: '|r| at the minimum', numeric: true },
      { title: '|r| at y*', numeric: true },
      { title: 'neurons that wake' },
      { title: 'eq. 1 goes to' },
    ],
    rows: minima.map(
      ({ verdict, count: times, deadDimensions, residualBefore, residualAfter, wakes, flow }) => [
        [badge(...VERDICTS[verdict])],
        [count(times)],
        [String(deadDimensions)],
        [number(residualBefore, 3)],
        [number(residualAfter, 2)],
        [wakes.length === 0 ? 'none' : names(wakes, 6)],
        flow.point === null ? [`a state that is not in the table (${flow.outcome})`] : [strong(flow.point)],
      ],
    ),
  };
}
