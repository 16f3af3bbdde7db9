/**
 * The nouns of memscape: shapes and units, no code.
 *
 * N neurons; states y (eqs. 1, 13) or u (eq. 9) are N-vectors, dimensionless like time.
 * Everything here is plain data: it survives `structuredClone`, so it can cross to a worker,
 * to the GPU process and back without loss.
 */

/** Row-major dense matrix of f64 numbers. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** A row of the activation table together with its parameter values. */
export interface ActivationChoice {
  readonly name: string;
  readonly parameters: Readonly<Record<string, number>>;
}

/** A contiguous block of neurons `offset .. offset + size` with one activation. */
export interface Layer {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly activation: ActivationChoice;
}

/** W[row + i][column + j] += matrix[i][j]; what no block covers is zero. A dense W is one block. */
export interface WeightBlock {
  readonly row: number;
  readonly column: number;
  readonly matrix: Matrix;
}

/**
 * W += scale factor^T factor, with `factor` of shape K x N: stored patterns (Hebbian, pseudo-inverse). It is symmetric,
 * costs 2 K N multiplications and is never expanded to N x N.
 */
export interface PatternTerm {
  readonly factor: Matrix;
  readonly scale: number;
}

/** W, b and the layers of one network. `symmetric` was checked, not assumed. */
export interface Network {
  readonly size: number;
  readonly layers: readonly Layer[];
  /** Blocks of W that are stored entry by entry. */
  readonly weights: readonly WeightBlock[];
  /** Terms of W that are stored as factors; W is the sum of both lists. */
  readonly patterns: readonly PatternTerm[];
  readonly bias: Float64Array;
  readonly symmetric: boolean;
}

/** R of eqs. 9 and 13 as the user asked for it (equations.md, "Designs of R"). */
export type DesignChoice =
  | { readonly name: 'identity' | 'weights' | 'polar' | 'gradient' | 'adaptive-polar' }
  | { readonly name: 'spectral'; readonly function: 'linear' | 'tanh' | 'sign' }
  | { readonly name: 'sylvester'; readonly matrix: Matrix | 'identity' }
  | { readonly name: 'matrix'; readonly matrix: Matrix };

/**
 * The dynamics by their number in the paper: (1) y' = W g(y) - y + b, (9) u' = R (g(W u + b) - u),
 * (13) y' = R (W g(y) + b - y).
 */
export type Equation = 1 | 9 | 13;
/** The energies by their number in the paper: 4 and 5 as they stand, 10 (of eq. 9) and 14 (of eqs. 1, 13) as mixtures. */
export type EnergyEquation = 4 | 5 | 10 | 14;
/** (a1, a2, a3) of eq. 10 or (b1, b2, b3) of eq. 14. */
export type Coefficients = readonly [number, number, number];

/** Which dynamics a model follows; eq. 1 is eq. 13 with R = I. */
export interface DynamicsChoice {
  readonly equation: Equation;
  /** `identity` for equation 1. */
  readonly design: DesignChoice;
}

/** `default` lets the resolver choose as interface.md says; `certified` fails where it does not apply. */
export interface EnergyChoice {
  readonly equation: EnergyEquation;
  readonly coefficients: Coefficients | 'certified' | 'default';
}

/** A model file, read and checked, with nothing computed yet. */
export interface Model {
  readonly name: string;
  readonly network: Network;
  readonly dynamics: DynamicsChoice;
  readonly energy: EnergyChoice;
  /** Things the user should know, e.g. that W was symmetrised. */
  readonly notices: readonly string[];
  /** SHA-256 of the model's numbers and choices, hexadecimal. */
  readonly hash: string;
}

/** What can be evaluated at a state; N-vectors (`vector`) have a trailing axis of length N. */
export type Quantity =
  | 'energy'
  | 'residual'
  | 'speed'
  | 'rhs'
  | 'energy-gradient'
  | 'energy-rate'
  | 'dead-count'
  | 'alive-mask'
  | 'certificate'
  | 'blind-spot'
  /** Where damped Newton for r = 0 leads from the state (a vector): a seed for the search of fixed points, nothing proved. */
  | 'newton-end';

/**
 * An affine grid y = origin + s axis_0 + t axis_1 + q axis_2 with 1 to 3 axes. Points are cell centres,
 * s_i = lo + (hi - lo)(i + 1/2)/n. Fields are row-major with the first axis fastest: [q][t][s].
 */
export interface Grid {
  readonly kind: 'grid';
  readonly origin: Float64Array;
  readonly axes: readonly Float64Array[];
  readonly extent: readonly (readonly [number, number])[];
  readonly size: readonly number[];
}

/** Free points: `states` is row-major [count][N]. */
export interface Points {
  readonly kind: 'points';
  readonly count: number;
  readonly states: Float64Array;
}

/** Where quantities are evaluated. */
export type Sampling = Grid | Points;
