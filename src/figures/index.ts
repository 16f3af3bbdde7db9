/** Figures made of computed fields: what the command line and the pages draw. */
export { paperFigure1, paperFigure1ThirdTerm } from './paper-1.js';
export { paperFigure2 } from './paper-2.js';
export { PAPER_MODELS, paperProblem } from './models.js';
export type { PaperFigure } from './paper.js';
export { fieldFigure, lineFigure, type FieldFigureParts } from './field-figure.js';
export type { ImageChoice } from './images.js';
export { regionFacts, regionMap } from './regions.js';
export { survey, type Survey } from './survey.js';
export { extentOf, principalAxes, throughStates } from './plane.js';
export { Tally, type WorkOptions } from './tally.js';
export type { Figure, Panel, PlotCurve } from '../figure/picture.js';
export { colourTable } from '../figure/colour.js';
export { BASINS } from '../figure/theme.js';
export { isolines, toneGrid } from '../figure/contour.js';
export { renderSvg } from '../figure/render.js';
export { renderThumbnail } from '../figure/thumbnail.js';
export { plainText } from '../figure/text.js';
/** The arrays of a figure as a file. */
export { writeNpz, type NamedArray } from '../io/npz.js';
export { gridFacts } from './paper.js';
