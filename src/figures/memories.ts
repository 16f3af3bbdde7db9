/** Pictures of memory experiments: shares with their error bars, and cues beside what became of them. */
import type { CapacityLevel, CapacityReport } from '../analysis/memories/capacity.js';
import type { RetrievalLevel } from '../analysis/memories/retrieval.js';
import type { Transition } from '../analysis/memories/statistics.js';
import { formatNumber } from '../figure/number.js';
import type { GalleryPanel, LinePanel, PixelImage } from '../figure/picture.js';

/** What the levels of a corruption are, in the words of an axis. */
const LEVEL_WORDS: Readonly<Record<RetrievalLevel['kind'], string>> = {
  flip: 'share of flipped neurons',
  noise: 'noise over the deviation of the pattern',
  mask: 'masked share',
};

const KIND_WORDS: Readonly<Record<RetrievalLevel['kind'], string>> = {
  flip: 'Flipped',
  noise: 'Noisy',
  mask: 'Masked',
};

/** The share retrieved against the corruption, one panel for each kind. */
export function retrievalPanels(levels: readonly RetrievalLevel[]): LinePanel[] {
  const kinds = [...new Set(levels.map(({ kind }) => kind))];
  return kinds.map((kind): LinePanel => {
    const own = levels.filter((level) => level.kind === kind);
    const numbers = (of: (level: RetrievalLevel) => number) => Float64Array.from(own, of);
    return {
      kind: 'line',
      title: `Retrieved of ${KIND_WORDS[kind].toLowerCase()} cues`,
      x: numbers(({ level }) => level),
      y: numbers(({ share }) => share ?? NaN),
      errorBars: {
        low: numbers(({ interval }) => interval[0]),
        high: numbers(({ interval }) => interval[1]),
      },
      axisLabels: [LEVEL_WORDS[kind], 'share'],
    };
  });
}

/** One column of a gallery. */
export interface ShownTrial {
  readonly level: Pick<RetrievalLevel, 'kind' | 'level'>;
  readonly cue: Float64Array;
  readonly end: Float64Array;
  readonly memory: Float64Array;
}

/** Cue, end and memory of some trials, one below the other. */
export function retrievalGallery(
  trials: readonly ShownTrial[],
  { offset, size }: { readonly offset: number; readonly size: readonly [number, number] },
): GalleryPanel {
  const part = (state: Float64Array) => state.slice(offset, offset + size[0] * size[1]);
  const image = (state: Float64Array): PixelImage => ({ pixels: part(state), size });
  /** In the greys of its memory; noise has its own, or it would be black and white alone. */
  const cueOf = ({ level, cue, memory }: ShownTrial): PixelImage => {
    if (level.kind === 'noise') return image(cue);
    const pixels = part(memory);
    const [low, high] = [pixels.reduce((a, b) => Math.min(a, b)), pixels.reduce((a, b) => Math.max(a, b))];
    return { ...image(cue), range: [low, high] };
  };
  return {
    kind: 'gallery',
    title: trials.length > 0 ? `${KIND_WORDS[trials[0].level.kind]} cues` : '',
    images: [
      trials.map(cueOf),
      trials.map(({ end }) => image(end)),
      trials.map(({ memory }) => image(memory)),
    ],
    rowNames: ['cue', 'end', 'memory'],
    columnNames: trials.map(({ level }) => `${level.kind} ${formatNumber(level.level)}`),
  };
}

/** Shares retrieved and error-free against the load, each with two standard errors over the networks. */
export function capacityPanels({ levels, transition }: CapacityReport, axisLabel: string): LinePanel[] {
  const x = Float64Array.from(levels, ({ load }) => load);
  const panel = (
    title: string,
    of: (level: CapacityLevel) => { readonly mean: number; readonly error: number },
  ) => ({
    kind: 'line' as const,
    title,
    x,
    y: Float64Array.from(levels, (level) => of(level).mean),
    errorBars: {
      low: Float64Array.from(levels, (level) => Math.max(0, of(level).mean - 2 * of(level).error)),
      high: Float64Array.from(levels, (level) => Math.min(1, of(level).mean + 2 * of(level).error)),
    },
    axisLabels: [axisLabel, 'share'] as const,
  });
  const law = levels.every(({ errorFreeLaw }) => errorFreeLaw !== null)
    ? [{ x, y: Float64Array.from(levels, ({ errorFreeLaw }) => errorFreeLaw ?? NaN), label: 'normal noise' }]
    : [];
  return [
    {
      ...panel('Retrieved: overlap at least 0.7', ({ retrieved }) => retrieved),
      ...(transition ? { subtitle: transitionWords(transition) } : {}),
    },
    { ...panel('Without an error', ({ errorFree }) => errorFree), extraCurves: law },
  ];
}

/** `one half at 0.164, 95 % interval 0.156 to 0.168`. */
export function transitionWords({ at, interval: [lo, hi] }: Transition): string {
  const end = (value: number | null) => (value === null ? 'beyond the loads' : value.toPrecision(3));
  return `one half at ${at.toPrecision(3)}, 95 % interval ${end(lo)} to ${end(hi)}`;
}
