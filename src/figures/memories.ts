/** Pictures of memory experiments: shares with their error bars, and cues beside what became of them. */
import type { RetrievalLevel } from '../analysis/memories/retrieval.js';
import { formatNumber } from '../figure/number.js';
import type { GalleryPanel, LinePanel, PixelImage } from '../figure/picture.js';

/** What the levels of a corruption are, in the words of an axis. */
const LEVEL_WORDS: Readonly<Record<RetrievalLevel['kind'], string>> = {
  flip: 'share of flipped neurons',
  noise: 'noise over the deviation of the pattern',
  mask: 'masked share',
};

/** The share retrieved against the corruption, one panel for each kind. */
export function retrievalPanels(levels: readonly RetrievalLevel[]): LinePanel[] {
  const kinds = [...new Set(levels.map(({ kind }) => kind))];
  return kinds.map((kind): LinePanel => {
    const own = levels.filter((level) => level.kind === kind);
    const numbers = (of: (level: RetrievalLevel) => number) => Float64Array.from(own, of);
    return {
      kind: 'line',
      title: `Retrieved, of ${kind === 'noise' ? 'noisy' : kind === 'flip' ? 'flipped' : 'masked'} cues`,
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
  const image = (state: Float64Array): PixelImage => ({
    pixels: state.slice(offset, offset + size[0] * size[1]),
    size,
  });
  return {
    kind: 'gallery',
    title: '',
    images: [
      trials.map(({ cue }) => image(cue)),
      trials.map(({ end }) => image(end)),
      trials.map(({ memory }) => image(memory)),
    ],
    rowNames: ['cue', 'end', 'memory'],
    columnNames: trials.map(({ level }) => `${level.kind} ${formatNumber(level.level)}`),
  };
}
