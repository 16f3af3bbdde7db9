/**
 * A report as plain data: everything that the analysis says about one network, the figures' places, and where each number
 * comes from. Three writers turn it into a page, a text and a JSON file; none of them computes anything.
 *
 * Its top level holds what `fixed-points` writes (complete, method, points, starts, unseenMass ..), so whoever reads that
 * file reads this one. Numbers are finite or null; what is null says why in `omissions`.
 */
import type { Boundedness } from '../analysis/bounded.js';
import type { SampledShare } from '../analysis/blind-spots.js';
import type { ConditionReport, MinimumReport } from '../analysis/certificates.js';
import type { DescentOutcome } from '../analysis/descent.js';
import type { DesignComparison } from '../analysis/design-table.js';
import type { FlatSet, FlatVerdict } from '../analysis/dead.js';
import type { FixedPointSearch, FoundPoint } from '../analysis/find-run.js';
import type { RecoveryVerdict } from '../analysis/recovery.js';
import type { ComputationFacts, GridFacts } from '../figures/paper.js';
import type { PointClass } from '../figure/picture.js';

/** What was left out: never in silence. */
export interface Omission {
  readonly what: string;
  readonly why: string;
  /** How to get it all the same. */
  readonly mend: string;
}

/** One layer with what its activation guarantees. */
export interface LayerFacts {
  readonly name: string;
  readonly size: number;
  readonly activation: string;
  readonly parameters: Readonly<Record<string, number>>;
  /** H >= 0 at every state. */
  readonly convex: boolean;
  /** sup of the eigenvalues of H; null where there is none. */
  readonly supHessian: number | null;
}

/** W and b in numbers. */
export interface NetworkFacts {
  readonly layers: readonly LayerFacts[];
  /** W itself, up to 8 neurons. */
  readonly weights: readonly (readonly number[])[] | null;
  /** |W|, the largest singular value, and whether it is exact or a bound from above; null where it was not computed. */
  readonly norm: number | null;
  readonly normIsBound: boolean;
  /** Singular values above 1e-12 of the largest. */
  readonly rank: number | null;
  readonly symmetric: boolean;
  /** Least and largest eigenvalue of a symmetric W. */
  readonly eigenvalues: readonly [number, number] | null;
  readonly bias: {
    readonly values: readonly number[] | null;
    readonly least: number;
    readonly greatest: number;
  };
}

/** A precondition that was checked. */
export interface Check {
  readonly name: string;
  readonly holds: boolean;
  readonly found: string;
  /** What it guarantees, or what is lost without it. */
  readonly means: string;
}

/** A state or a continuum of the table; arrays stand for vectors. */
export interface ReportPoint extends Omit<FoundPoint, 'state' | 'continuum'> {
  /** The same in every table and figure: A, B.. memories, S saddles, U unstable, Q undecided, F false memories. */
  readonly name: string;
  readonly state: readonly number[];
  readonly continuum?: {
    readonly dimension: number;
    readonly directions: readonly (readonly number[])[];
    readonly lower: readonly number[];
    readonly upper: readonly number[];
  };
  /** Condition (12); null at false memories and where it was not examined. */
  readonly minimum: MinimumReport | null;
}

/** Which memories of eq. 1 the chosen R keeps, loses and adds, as indices of points. */
export interface MemoryChanges {
  readonly kept: readonly number[];
  readonly lost: readonly number[];
  readonly added: readonly number[];
}

/** A null direction of H at a fixed point. */
export interface FlatFacts {
  readonly point: string;
  readonly layer: string | null;
  /** The neurons that it moves, by name. */
  readonly neurons: readonly string[];
  readonly verdict: FlatVerdict;
  readonly set: FlatSet;
  /** Ends of the flat set; null is infinity. */
  readonly ends: readonly [number | null, number | null];
  readonly why: string;
  /** Largest |g(y + c v) - g(y)| and |E4(y + c v) - E4(y)| over the probes inside the flat set, and the largest |c|. */
  readonly reaction: number;
  readonly energyChange: number | null;
  readonly length: number;
}

/**
 * What a minimum of eq. 4 stands for. `recovered-nearly`: a neuron in the tail of its saturation counts as dead and still
 * reacts a little; y* misses its fixed point by less than 1e-2 (1 + |y*|), and eq. 1 leads from it to that point.
 */
export type ReportedRecovery = RecoveryVerdict | 'recovered-nearly';

/** Minima of eq. 4 with the same fate. */
export interface RecoveryFacts {
  readonly verdict: ReportedRecovery;
  /** Descents that ended so. */
  readonly count: number;
  /** Largest |r| at the minimum, and at y* of Prop. 4.3. */
  readonly residualBefore: number;
  readonly residualAfter: number;
  readonly deadDimensions: number;
  /** Neurons that wake on the way, by name. */
  readonly wakes: readonly string[];
  /** Where eq. 1 goes from there: a point of the table, or how it ended. */
  readonly flow: { readonly outcome: string; readonly point: string | null };
  readonly state: readonly number[];
}

/** Dead neurons: flats, what they hide, and how much of a box. */
export interface DeadFacts {
  /** Points that were examined for flats, in the order of the table. */
  readonly examined: number;
  readonly flats: readonly FlatFacts[];
  /** Candidates tried along the chosen energy at those points, and how many are flat. */
  readonly ownFlats: { readonly tried: number; readonly flat: number };
  readonly recovery: {
    readonly descents: number;
    readonly outcomes: Readonly<Record<DescentOutcome, number>>;
    readonly minima: readonly RecoveryFacts[];
  } | null;
  /** Of the chosen energy, and of eq. 4 where W = W^T. */
  readonly blind: SampledShare;
  readonly blindE4: SampledShare | null;
}

/** What is proved of the chosen energy, and what was only looked for. */
export interface CertificateFacts {
  readonly condition: ConditionReport | null;
  /** Largest numerical abscissa of H W (eq. 9) or W H, and over how many states. */
  readonly abscissa: { readonly largest: number; readonly states: number } | null;
  readonly bounded: Boundedness | null;
}

/** One picture of the energies. */
export interface PanelFacts {
  /** What is drawn: E4 under eq. 1, or the chosen energy. */
  readonly title: string;
  readonly role: 'question' | 'answer';
  readonly verdict: string;
  readonly blindShare: number | null;
  readonly blindSamples: number;
  readonly coefficients: readonly number[];
  /** Coefficients, samples, and who computed them: the honesty line of the figure. */
  readonly words: string;
  readonly shown: readonly { readonly name: string; readonly class: PointClass }[];
}

/** The slice of the figures, and why this one. */
export interface LandscapeFacts {
  readonly grid: GridFacts;
  readonly chosen: string;
  readonly panels: readonly PanelFacts[];
}

/** One of the four large numbers. */
export interface Fact {
  readonly value: string;
  readonly words: string;
  readonly tone: 'plain' | 'certified' | 'blind' | 'caution';
}

/** The settings that decided how hard to look. */
export interface Settings {
  readonly box: readonly [number, number];
  readonly seed: number;
  readonly starts: number;
  readonly descents: number;
  readonly evaluations: number;
  readonly samples: number;
  readonly side: number;
  readonly designSamples: number;
  readonly designEvaluations: number;
  /** Points that are examined for condition (12) and flats. */
  readonly examined: number;
}

/** The choices of the model as every result states them. */
interface Choices {
  readonly model: string;
  readonly hash: string;
  readonly dynamics: { readonly equation: number; readonly R: string };
  readonly energy: {
    readonly equation: number;
    readonly coefficients: readonly number[];
    readonly certified: boolean;
    readonly why: string;
  };
  readonly notices: readonly string[];
}

/** What the analysis found. */
export interface Findings extends Choices, Omit<FixedPointSearch, 'points' | 'outcome' | 'method'> {
  /** `not-searched` where the network is too large. */
  readonly outcome: FixedPointSearch['outcome'] | 'not-searched';
  readonly method: FixedPointSearch['method'] | 'none';
  readonly points: readonly ReportPoint[];
  readonly memories: MemoryChanges;
  readonly neurons: number;
  /** Dimensions in which everything was computed (identity layers rotated away), N where there is nothing to leave out. */
  readonly dimensions: number;
  readonly network: NetworkFacts;
  readonly checks: readonly Check[];
  readonly settings: Settings;
  readonly dead: DeadFacts;
  readonly certificates: CertificateFacts;
  readonly designs: DesignComparison | null;
  readonly landscape: LandscapeFacts;
  readonly omissions: readonly Omission[];
  readonly computation: ComputationFacts;
}

/** Who computed it, and how to do it again; the command line knows more and may add it. */
export interface Origin {
  readonly version: string;
  readonly command: string;
  readonly seed: number;
  readonly tolerances: { readonly blindSpot: string };
  readonly computedBy: { readonly name: string; readonly precision: string };
}

/** A finished report. */
export interface Report extends Findings {
  readonly format: 'memscape-report/1';
  readonly facts: readonly Fact[];
  /** For the methods section of a paper. */
  readonly methods: string;
  readonly citation: string;
  readonly provenance: Origin;
}
