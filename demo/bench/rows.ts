/** What the table shows of a measurement, and its picture: ratios on a log axis, with a heavy line at 1. Pure. */
import type { BasinRow } from '../../bench/basins.js';
import type { FieldRow } from '../../bench/fields.js';
import { claims } from '../../bench/race.js';
import type { Spread } from '../../bench/statistics.js';
import { count, tag } from '../page/text.js';

export interface BenchRow {
  readonly name: string;
  readonly details: string;
  readonly ratio: Spread;
  readonly ours: Spread;
  readonly theirs: Spread;
  readonly compares: 'same algorithm' | 'same task';
  readonly checked: string;
}

export const rowOf = (row: FieldRow): BenchRow => ({
  name: row.name,
  details: `sigmoid, eq. 4, n = ${String(row.ratio.count)}`,
  ratio: row.ratio,
  ours: row.gpu,
  theirs: row.baseline,
  compares: 'same algorithm',
  checked: `error ${row.error.toExponential(1).replace('-', '−')} of max |E|`,
});

export function rowsOfBasins(row: BasinRow): BenchRow[] {
  const details = `n = ${String(row.ratios.same.count)}`;
  const checked = (wrong: number) => `${count(wrong)} of ${count(row.cells)} labels differ`;
  return [
    {
      name: row.name,
      details: `every cell followed, ETD4RK, h = ${String(row.step)}, ${details}`,
      ratio: row.ratios.same,
      ours: row.full,
      theirs: row.same,
      compares: 'same algorithm',
      checked: checked(row.wrong.full),
    },
    {
      name: row.name,
      details: `blocks refined, ${count(row.followed)} starts followed, against plain RK4, ${details}`,
      ratio: row.ratios.task,
      ours: row.refined,
      theirs: row.plain,
      compares: 'same task',
      checked: checked(row.wrong.refined),
    },
  ];
}

export const milliseconds = ({ median, lower, upper }: Spread): string => {
  const digits = median < 10 ? 2 : median < 100 ? 1 : 0;
  return `${median.toFixed(digits)} ms (${lower.toFixed(digits)}–${upper.toFixed(digits)})`;
};

/** A claim, or that there is none. */
export function ratioWords(ratio: Spread): string {
  const { median, lower, upper } = ratio;
  const text = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(0));
  const quartiles = `(${text(lower)}–${text(upper)})`;
  return claims(ratio) ? `${text(median)}× ${quartiles}` : `no claim ${quartiles}`;
}

/** Ratios at the ends of the axis, and its ticks. */
const AXIS = { least: 0.05, most: 1000, ticks: [0.1, 1, 10, 100, 1000] } as const;
const WIDTH = 260;

const toX = (ratio: number) => {
  const at = Math.log(ratio / AXIS.least) / Math.log(AXIS.most / AXIS.least);
  return 8 + (WIDTH - 26) * Math.min(1, Math.max(0, at));
};

const grid = (height: number) =>
  AXIS.ticks
    .map((tick) =>
      tag('path', { class: tick === 1 ? 'one' : 'tick', d: `M${String(toX(tick))} 0V${String(height)}` }),
    )
    .join('');

const svg = (height: number, ...content: string[]) =>
  tag('svg', { viewBox: `0 0 ${String(WIDTH)} ${String(height)}`, 'aria-hidden': 'true' }, ...content);

/** Labels of the axis. */
export const axisSvg = (): string =>
  svg(
    16,
    ...AXIS.ticks.map((tick) =>
      tag('text', { x: toX(tick), y: 12, 'text-anchor': 'middle' }, `${String(tick)}×`),
    ),
  );

/** Median and quartiles of a ratio; hollow and grey where it is not faster. */
export function ratioSvg({ median, lower, upper }: Spread): string {
  const kind = lower > 1 ? 'faster' : 'plain';
  return svg(
    36,
    grid(36),
    tag('path', {
      class: `quartiles ${kind}`,
      d: `M${toX(lower).toFixed(1)} 18H${(toX(upper) + 0.1).toFixed(1)}`,
    }),
    tag('circle', { class: `median ${kind}`, cx: toX(median), cy: 18, r: 5 }),
  );
}
