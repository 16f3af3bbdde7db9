/** What exports take from memscape besides library.ts. Loaded with them, on demand. */
export {
  BASINS,
  colourTable,
  fieldFigure,
  gridFacts,
  isolines,
  lineFigure,
  renderSvg,
  survey,
  Tally,
  toneGrid,
  writeNpz,
  type Figure,
  type NamedArray,
  type Panel,
  type PlotCurve,
} from '../src/figures/index.js';
