/** Two maps of basins and where they disagree, side by side. */
import { VERDICT, type Comparison } from '../basins/comparison.js';
import type { Figure, LabelPanel } from '../figure/picture.js';
import type { Grid, Network } from '../types.js';
import { axisLabel } from './slice.js';
import { count, percent } from './words.js';

/** What is drawn. */
export interface ComparisonFigureParts {
  readonly title: string;
  readonly network: Network;
  readonly grid: Grid;
  /** Labels of the first system. */
  readonly labels: Int32Array;
  readonly comparison: Comparison;
  /** What was followed, for the panels. */
  readonly names: readonly [first: string, second: string];
  readonly honesty: string;
}

/** The figure of a comparison on a plane. */
export function comparisonFigure(parts: ComparisonFigureParts): Figure {
  const { title, network, grid, labels, comparison, names, honesty } = parts;
  const { agree, differ, untold, share, verdicts } = comparison;
  const panel = (name: string, of: Int32Array): LabelPanel => ({
    kind: 'labels',
    title: name,
    labels: of,
    size: [grid.size[0], grid.size[1]],
    extent: [grid.extent[0], grid.extent[1]],
    axisLabels: [axisLabel(network, grid, 0), axisLabel(network, grid, 1)],
  });
  // Colour 0 agrees, colour 1 differs; untold is hatched as everywhere.
  const mask = Int32Array.from(verdicts, (v) => (v === VERDICT.untold ? -1 : v));
  return {
    title,
    width: 1320,
    panels: [
      [panel(names[0], labels), panel(names[1], comparison.labels), panel('where they disagree', mask)],
    ],
    caption: [
      `${count(differ)} of ${count(agree + differ)} samples${share ? ` (${percent(share.value)})` : ''} go elsewhere under the second system.`,
      untold > 0 ? `Hatched: ${count(untold)} that one of them does not tell.` : '',
    ]
      .filter((words) => words !== '')
      .join(' '),
    honesty,
  };
}
