/**
 * Whether g stands still around a state along a direction v: the one test of what is dead (equations.md section 3).
 *
 * On each side g must stand still over a step of 1e-2 in which H does not wake (tails of sigmoid-like activations), or
 * exactly over one of 1e-6 (1 + |x|) (plateaus of any length). Both sides still: dead. One side still and H jumping on the other: the
 * state lies on the very edge of a relu's half-line or of a plateau, and is dead. One side still and H growing from 0
 * on the other (power), or no side: degenerate, since E4 reacts as soon as one moves on.
 */
import { DEAD_EIGENVALUE } from '../model/activation.js';
import { norm } from '../model/evaluator.js';
import type { Lifted64 } from '../model/lift.js';

const LONG = 1e-2;
/** Nearer than this (relative to 1 + |x|) a state lies on the edge of a flat set. */
export const EDGE = 1e-6;
/** Over the long step h may double: a tail passes with |eigenvalue| <= 1e-6 anywhere in it. */
export const FLAT_SLOPE = 2 * DEAD_EIGENVALUE;
/** Along a tail H grows by a factor over the long step; from the zero of a power it grows out of nothing. */
const [TAIL, NOTHING] = [1e3, 1e-12];
/** H jumps at the edge of a relu and grows from 0 at that of a power. */
export const JUMP = 1e-3;

/** The test at one argument of g; make it once and move it, since fields ask at millions. */
export class FlatTest {
  readonly #lifted: Lifted64;
  readonly #x: Float64Array;
  readonly #g: Float64Array;
  readonly #moved: Float64Array;
  readonly #movedG: Float64Array;
  readonly #diagonal: Float64Array;
  readonly #applied: readonly [Float64Array, Float64Array];
  readonly #unit: Float64Array;
  readonly #still: readonly [Uint8Array, Uint8Array];
  #scale = 1;

  constructor(lifted: Lifted64, size: number) {
    const vector = () => new Float64Array(size);
    this.#lifted = lifted;
    [this.#x, this.#g, this.#moved, this.#movedG] = [vector(), vector(), vector(), vector()];
    [this.#diagonal, this.#unit] = [vector(), vector()];
    this.#applied = [vector(), vector()];
    this.#still = [new Uint8Array(size), new Uint8Array(size)];
  }

  /** g at the state of the last `moveTo`; overwritten by the next. */
  get g(): Float64Array {
    return this.#g;
  }

  /** Goes to an argument of g. */
  moveTo(x: Float64Array): this {
    this.#x.set(x);
    this.#lifted.activation(this.#x, this.#g);
    this.#scale = 1 + norm(x);
    return this;
  }

  /** Whether `v`, with H v = 0, is dead. */
  along(v: Float64Array): boolean {
    const [behind, ahead] = [-1, 1].map((sign) => {
      this.#probe(v, sign, this.#still[0]);
      return this.#still[0].every((still) => still === 1);
    });
    if (behind && ahead) return true;
    if (!behind && !ahead) return false;
    this.#move(v, (behind ? EDGE : -EDGE) * this.#scale);
    this.#lifted.hessianApply(this.#moved, v, this.#movedG);
    return norm(this.#movedG) > JUMP;
  }

  /** Writes 1 to `alive` for every neuron that is not dead by itself, else 0. */
  aliveNeurons(alive: Uint8Array): void {
    this.#lifted.hessianDiagonal(this.#x, this.#diagonal);
    for (let i = 0; i < alive.length; i++) alive[i] = Math.abs(this.#diagonal[i]) > DEAD_EIGENVALUE ? 1 : 0;
    if (!alive.includes(0)) return;
    this.#aliveAlone(alive);
    for (const { offset, size, functions } of this.#lifted.layers) {
      if (functions.elementwise) continue;
      for (let i = offset; i < offset + size; i++) if (alive[i] === 0) alive[i] = this.#axisLives(i) ? 1 : 0;
    }
  }

  /** Neurons of elementwise layers do not act on each other, so that all of them are moved at once. */
  #aliveAlone(alive: Uint8Array): void {
    const unit = this.#unit.fill(0);
    for (const { offset, size, functions } of this.#lifted.layers)
      if (functions.elementwise) for (let i = offset; i < offset + size; i++) unit[i] = 1 - alive[i];
    const [behind, ahead] = this.#still;
    this.#probe(unit, -1, behind);
    this.#probe(unit, 1, ahead);
    for (let i = 0; i < alive.length; i++)
      if (unit[i] === 1 && !(behind[i] === 1 && ahead[i] === 1))
        alive[i] = behind[i] !== ahead[i] && this.#jumpsAt(i, behind[i] === 1 ? 1 : -1) ? 0 : 1;
  }

  #jumpsAt(i: number, sign: number): boolean {
    this.#moved.set(this.#x);
    this.#moved[i] += sign * EDGE * this.#scale;
    this.#lifted.hessianDiagonal(this.#moved, this.#movedG);
    return Math.abs(this.#movedG[i]) > JUMP;
  }

  #axisLives(i: number): boolean {
    const unit = this.#unit.fill(0);
    unit[i] = 1;
    return !this.along(unit);
  }

  /** Per component, whether g stands still from the state on one side of it along v. */
  #probe(v: Float64Array, sign: number, still: Uint8Array): void {
    const [here, there] = this.#applied;
    this.#lifted.hessianApply(this.#x, v, here);
    this.#move(v, sign * LONG);
    this.#lifted.activation(this.#moved, this.#movedG);
    this.#lifted.hessianApply(this.#moved, v, there);
    for (let i = 0; i < still.length; i++) {
      const slow = Math.abs(this.#movedG[i] - this.#g[i]) <= FLAT_SLOPE * LONG;
      still[i] = slow && Math.abs(there[i]) <= TAIL * Math.abs(here[i]) + NOTHING ? 1 : 0;
    }
    if (!still.includes(0)) return;
    this.#move(v, sign * EDGE * this.#scale);
    this.#lifted.activation(this.#moved, this.#movedG);
    for (let i = 0; i < still.length; i++) if (this.#movedG[i] === this.#g[i]) still[i] = 1;
  }

  #move(v: Float64Array, c: number): void {
    for (let i = 0; i < v.length; i++) this.#moved[i] = this.#x[i] + c * v[i];
  }
}
