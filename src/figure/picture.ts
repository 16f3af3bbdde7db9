/**
 * What a figure consists of: plain data, no code. The same description is drawn in Node and in the browser.
 *
 * Words may carry simple markup: `y_1` and `b_{12}` (italic letter with subscript), `*x*` (italic), `|r|^2`
 * (superscript); a backslash takes the next sign literally. s runs to the right, t upwards.
 */

/** Row-major [t][s] samples at cell centres, row 0 at the lowest t. NaN and infinities are masked, never coloured. */
export interface ScalarField {
  readonly values: Float32Array | Float64Array;
  /** Number of samples [along s, along t]. */
  readonly size: readonly [number, number];
}

/** 0/1 samples laid out like a `ScalarField`. */
export interface Mask {
  readonly mask: Uint8Array;
  readonly size: readonly [number, number];
}

/** Numbers of dead neurons laid out like a `ScalarField`. */
export interface CountField {
  readonly values: ArrayLike<number>;
  readonly size: readonly [number, number];
}

/** Regions laid out like a `ScalarField`. */
export interface RegionMap {
  /** The number of its region for each sample; -1 belongs to none. */
  readonly labels: Int32Array;
  readonly size: readonly [number, number];
  /** What is written in each region; a line break may become a dot. */
  readonly words: readonly string[];
}

/** Velocities [t][s][2] in slice units per unit of time, on a coarse grid of cell centres. */
export interface VectorField {
  readonly vectors: Float32Array | Float64Array;
  readonly size: readonly [number, number];
}

export type PointClass = 'stable' | 'saddle' | 'unstable' | 'undecided';

/** A state that is an image: numbers row by row from the top; the least is drawn white, the largest as ink. */
export interface PixelImage {
  readonly pixels: ArrayLike<number>;
  /** [width, height] in pixels. */
  readonly size: readonly [number, number];
  /** What is white and what is ink, where it is not the least and the largest number; others are cut off. */
  readonly range?: readonly [white: number, ink: number];
}

/** The image of a state that is no fixed point, at its place in the slice. */
export interface ImageMark extends PixelImage {
  readonly s: number;
  readonly t: number;
}

/** A fixed point of the dynamics, in slice coordinates. */
export interface FixedPointMark {
  readonly s: number;
  readonly t: number;
  /** A, B, S: the same name as in every table. */
  readonly name: string;
  readonly class: PointClass;
  /** Eigen-directions in slice coordinates, drawn as the arms of a saddle. */
  readonly directions?: readonly (readonly [number, number])[];
  /** A stable state that is not one of the stored patterns: a struck square. */
  readonly falseMemory?: boolean;
  /** What the state looks like: a memory is drawn as its image, other points have it beside their glyph. */
  readonly image?: PixelImage;
}

/** Words on the plot, at most two a panel; a line break starts a new line. */
export interface Note {
  readonly s: number;
  readonly t: number;
  readonly text: string;
}

/**
 * A line on the plot. `path`: a trajectory; `blind`: a curve on which the energy is blind; `nullcline`: dashed; `bound`: the
 * rim of a set with a proof, `conjecture`: of one without, dashed.
 */
export interface PlotCurve {
  readonly kind: 'path' | 'blind' | 'nullcline' | 'bound' | 'conjecture';
  readonly points: readonly (readonly [number, number])[];
}

/** Ranges of an axis on which its neuron is dead, drawn as a bar along the axis. */
export interface DeadRanges {
  readonly s?: readonly (readonly [number, number])[];
  readonly t?: readonly (readonly [number, number])[];
}

export type Verdict = 'blind' | 'certified' | 'unproved';
export type ColourMapName = 'tarn' | 'viridis' | 'cividis' | 'diverging';
export type ToneName = 'tone' | 'linear' | 'symlog';

interface PanelHead {
  readonly title: string;
  readonly subtitle?: string;
  /** Icon and colour of the subtitle; `certified` only with a proof. */
  readonly verdict?: Verdict;
}

/** A scalar field over a plane slice, with everything that is known about it. */
export interface LandscapePanel extends PanelHead {
  readonly kind: 'landscape';
  readonly field: ScalarField;
  /** [[s0, s1], [t0, t1]], the outer edges of the outer cells. */
  readonly extent: readonly [readonly [number, number], readonly [number, number]];
  readonly axisLabels: readonly [string, string];
  /** Zero is the middle of the colour scale. Default false. */
  readonly signed?: boolean;
  readonly flow?: VectorField;
  /** Samples where the gradient is zero although the state moves: hatched. */
  readonly blind?: Mask;
  readonly deadCount?: CountField;
  /** Drawn with a thin line around each and words where they fit. */
  readonly regions?: RegionMap;
  readonly deadRanges?: DeadRanges;
  readonly fixedPoints?: readonly FixedPointMark[];
  readonly images?: readonly ImageMark[];
  readonly curves?: readonly PlotCurve[];
  readonly notes?: readonly Note[];
  /** Default `tarn`, for signed fields `diverging`. */
  readonly colourMap?: ColourMapName;
  /** Default `tone`. */
  readonly tone?: ToneName;
  /** `levels`: isolines with values; `flow`: streaks alone over the colours. Default `levels`. */
  readonly style?: 'levels' | 'flow';
  /** Light from the upper left, for screens. Default false; never on signed fields. */
  readonly relief?: boolean;
}

/** A stretch of a curve along which the energy is flat although the state moves. */
export interface FlatStretch {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

export interface LineMark {
  readonly x: number;
  readonly y: number;
  readonly name: string;
  readonly class: PointClass;
}

interface ExtraCurve {
  readonly x: Float32Array | Float64Array;
  readonly y: Float32Array | Float64Array;
  readonly label: string;
}

/** A curve y(x) with its flat stretches marked. Non-finite y leave a gap. */
export interface LinePanel extends PanelHead {
  readonly kind: 'line';
  readonly x: Float32Array | Float64Array;
  readonly y: Float32Array | Float64Array;
  readonly axisLabels: readonly [string, string];
  readonly flat?: readonly FlatStretch[];
  readonly markers?: readonly LineMark[];
  /** Thinner grey companions of the curve, named at their right end. */
  readonly extraCurves?: readonly ExtraCurve[];
  /** The samples are measurements: dots with bars from low[i] to high[i]. */
  readonly errorBars?: { readonly low: Float64Array; readonly high: Float64Array };
}

/** Images in rows and columns, each named; a place may be empty. */
export interface GalleryPanel extends PanelHead {
  readonly kind: 'gallery';
  /** Rows from the top, all of the same length. */
  readonly images: readonly (readonly (PixelImage | undefined)[])[];
  readonly rowNames: readonly string[];
  readonly columnNames: readonly string[];
}

/**
 * A map of regions over a plane slice: 0, 1, .. are drawn in the colours of basins (with dots from the ninth on), negative
 * labels hatched and neutral. What the regions are called is said by `fixedPoints` and `notes`.
 */
export interface LabelPanel extends PanelHead {
  readonly kind: 'labels';
  /** Row-major [t][s], row 0 at the lowest t. */
  readonly labels: Int32Array;
  readonly size: readonly [number, number];
  readonly extent: LandscapePanel['extent'];
  readonly axisLabels: readonly [string, string];
  readonly fixedPoints?: readonly FixedPointMark[];
  readonly curves?: readonly PlotCurve[];
  readonly notes?: readonly Note[];
}

export type Panel = LandscapePanel | LinePanel | GalleryPanel | LabelPanel;

/** A page of panels in rows. */
export interface Figure {
  /** May be empty. */
  readonly title: string;
  readonly panels: readonly (readonly Panel[])[];
  readonly caption?: string;
  /** Where the numbers come from: adapter, precision, census or sample. One small line at the bottom. */
  readonly honesty?: string;
  /** CSS pixels. Default by the number of columns: 520, 960, 1320. */
  readonly width?: number;
  /** Bold a, b, c before the panel titles. Default: when there is more than one panel. */
  readonly letters?: boolean;
}
