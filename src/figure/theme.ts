/** Colours and sizes of printed figures; the values mirror the light theme of the project's design tokens. */
export const COLOUR = {
  paper: '#ffffff',
  sunk: '#f2f0ea',
  rule: '#e2dfd6',
  ruleStrong: '#8c8a82',
  ink: '#1a1e24',
  ink2: '#464e59',
  ink3: '#626a75',
  accent: '#1f4fc4',
  blind: '#b23308',
  blindPlot: '#ffb391',
  hatch: '#ffe2d2',
  certified: '#006b58',
  caution: '#7a5600',
  plotLight: '#ffffff',
  plotDark: '#111a2b',
} as const;

/** Regions of a map, on white at 55 %. */
export const BASINS = [
  '#1f5fbf',
  '#d9731a',
  '#0b8f72',
  '#b0418c',
  '#8a8f1c',
  '#5b4bb0',
  '#7a4a2b',
  '#3ba3c9',
] as const;

/** Font sizes in CSS pixels. */
export const SIZE = { title: 19, panel: 14, small: 12.5, tick: 11, isoline: 10, axis: 14 } as const;

/**
 * DejaVu first, so that a bare machine and the rasteriser agree; the condensed width is close to that of the
 * usual system fonts, which keeps the layout right where DejaVu is missing.
 */
export const FONT = "'DejaVu Sans Condensed','DejaVu Sans','Segoe UI',Helvetica,Arial,sans-serif";
export const FONT_MATH = "'DejaVu Serif','STIX Two Text','Cambria',serif";
