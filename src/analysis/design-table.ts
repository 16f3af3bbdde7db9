/** The table that a comparison of designs makes, as plain data. */
import type { Coefficients } from '../types.js';
import type { SampledShare } from './blind-spots.js';
import type { ConditionReport, RankReport } from './certificates.js';
import type { FalseMemory } from './false-memory-examples.js';
import type { FixedPointClass } from './stability.js';

/** A choice of the energy's coefficients by what it is. */
export type CoefficientChoice = 'certified' | 'third' | 'first' | 'eq-4';

/** A steady state of eq. 1 in the argument of g, with its class there. */
export interface SharedPoint {
  /** y of eqs. 1 and 13; z = W u + b of eq. 9. */
  readonly argument: readonly number[];
  /** y or u. */
  readonly state: readonly number[];
  /** Under eq. 1 (R = I). */
  readonly class: FixedPointClass;
}

/** One design with one choice of coefficients that cannot be had, and why. */
export interface UnavailableDesign {
  readonly available: false;
  readonly design: string;
  readonly choice: CoefficientChoice;
  readonly why: string;
}

/** One design with one choice of coefficients, examined. */
export interface ExaminedDesign {
  readonly available: true;
  readonly design: string;
  readonly choice: CoefficientChoice;
  readonly coefficients: Coefficients;
  /** Condition (11). */
  readonly condition: ConditionReport;
  /** Smallest eigenvalue of sym(M^T R) that was seen; null where R was defined nowhere. */
  readonly worstEigenvalue: number | null;
  /** Class of every shared point under this R, in their order. */
  readonly classes: readonly FixedPointClass[];
  /** Indices of memories (stable points) of eq. 1 that stay stable, and of those that do not. */
  readonly kept: readonly number[];
  readonly lost: readonly number[];
  /** Indices of points that are stable here and not under eq. 1. */
  readonly added: readonly number[];
  /** Indices of memories that this R leaves undecided (an eigenvalue of 0, or R not defined there). */
  readonly undecided: readonly number[];
  /** Examples of steady states with r != 0. */
  readonly falseMemories: readonly FalseMemory[];
  /** Singular values of R over the box. */
  readonly rank: RankReport;
  readonly blind: SampledShare;
}

/** A row of the comparison. */
export type DesignRow = UnavailableDesign | ExaminedDesign;

/** A table of designs, with the one to take. */
export interface DesignComparison {
  readonly equation: 9 | 13;
  readonly points: readonly SharedPoint[];
  /** Whether no steady state is missing, as a proof. */
  readonly complete: boolean;
  /** Newton starts that were spent on finding them. */
  readonly starts: number;
  readonly rows: readonly DesignRow[];
  /** Index of the recommended row, or null where no row keeps what eq. 1 has; and why, in words. */
  readonly recommended: number | null;
  readonly why: string;
}
