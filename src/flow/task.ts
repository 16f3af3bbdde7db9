/**
 * What a flow kernel is to do, and its f64 twin: plain data, so that both run the same algorithm on the same numbers.
 *
 * `reach`: steps of one length until a stop set is entered, the numbers leave what f32 can hold, or the steps of this
 * dispatch are used up; whoever asked goes on from the last state. Where `follow` is on it also notices rest and returns
 * (candidates of limit cycles): that costs a velocity a step, so it is left to the few starts that need it.
 */
import type { Tolerance } from './control.js';
import type { MethodName } from './methods.js';

/** Methods whose steps have one length. */
export type FixedMethod = Extract<MethodName, 'rk4' | 'euler' | 'etd1' | 'etd2rk' | 'etd4rk'>;

/** All y with sum_i weights_i (y_i - centre_i)^2 <= square and |y'| <= slow. */
export interface StopSet {
  readonly centre: Float64Array;
  readonly weights: Float64Array;
  readonly square: number;
  /** Infinity where the set is proved to lie in the basin of its centre. */
  readonly slow: number;
}

/** Steps of one length until something is known. */
export interface ReachTask {
  readonly method: FixedMethod;
  /** Length of a step. */
  readonly step: number;
  readonly stops: readonly StopSet[];
  /** |y|^2 beyond this counts as diverged. */
  readonly farSquare: number;
  /** Components that leave [lo, hi] end the flow. */
  readonly box?: readonly [lo: number, hi: number];
  /** Present: rest (|y'| at or below it) and returns are noticed as well, and the last state is given. */
  readonly follow?: { readonly rest: number };
}

/** What `reach` says of a start: the index of the stop set it entered, or one of these. */
export const END = {
  running: -1,
  leftBox: -2,
  diverged: -3,
  nonfinite: -4,
  rest: -5,
  returned: -6,
  chatter: -7,
} as const;

/** A return counts as a candidate when it is this close, relative to how far the flow went in between. */
export const CLOSE_RETURN = 2e-3;
/** Loops smaller than this times (1 + |y|) are jitter. */
export const SMALLEST_LOOP = 1e-3;

/** What a `reach` plan gives for each start; `state` has N numbers and comes with `follow` only. */
export type FlowOutput = 'end' | 'steps' | 'state';

/**
 * `advance`: from a state at one time to the state at another, each lane with steps of its own length. Time is counted in
 * whole ticks of the span, so its sum has no rounding error and the end is met exactly. One tick across a jump of f is taken
 * whatever its error. A lane ends before where it is at rest, leaves the box or the numbers, where the state itself would
 * change by a share of its size within a tick that is in error (`diverged`), or else where f is not defined within a tick
 * (`chatter`).
 */
export interface AdvanceTask {
  readonly method: MethodName;
  /**
   * Of a step: methods without an embedded one of lower order are doubled. Absent: every step is one tick, and no error is
   * estimated.
   */
  readonly tolerance?: Tolerance;
  /** As of `ReachTask`. */
  readonly farSquare: number;
  readonly box?: readonly [lo: number, hi: number];
}

/** Ticks of a span whose steps are chosen by their error: exact in f32. */
export const TICKS = 2 ** 24;
/** A state that would change by this share of 1 + |y| within a tick in error diverges: f does not jump, it is large. */
export const TICK_CHANGE = 1e-3;

/**
 * What a lane of `advance` carries beside its state from dispatch to dispatch: ticks done, length of the next step, error
 * of the last one, and |f| / (1 + |y|) at or below which it is at rest.
 */
export const CLOCK = { done: 0, step: 1, error: 2, rest: 3, size: 4 } as const;

/**
 * What an `advance` plan gives for each start: code of the end (`running` where the span or the steps are used up), steps
 * accepted and refused, the first three numbers of the clock, and the state as `state` + `low`.
 */
export type AdvanceOutput = 'end' | 'steps' | 'refused' | 'done' | 'step' | 'error' | 'state' | 'low';
