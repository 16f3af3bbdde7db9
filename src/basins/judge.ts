/**
 * What became of a start that no stop set has caught: at rest near a known point it is that point's, on a known closed orbit
 * that orbit's. Anything else is looked at in f64 (flow/trajectory.ts), for some of them: a new attractor is known from then
 * on, and what is not looked at stays undecided.
 */
import { breathe } from '../analysis/box.js';
import { settle, settling } from '../analysis/settle.js';
import { createStepper } from '../flow/steppers.js';
import { trajectory } from '../flow/trajectory.js';
import { Evaluator, norm } from '../model/evaluator.js';
import { certify } from './ball.js';
import { LABEL } from './labels.js';
import type { Attractor, BasinSystem } from './system.js';

/** Trajectories in f64 of one map. */
const MOST_JUDGED = 64;
/** At rest this close to a point, relative to 1 + |y|, is at rest there. */
const NEAR = 1e-3;
/** This close to an orbit, relative to its size, is on it. */
const ON_ORBIT = 1e-2;
const ORBIT_STATES = 256;
const STEPS_BETWEEN = 8;
/** Time in which a candidate must close its orbit. */
const CYCLE_HORIZON = 2000;

export class Judge {
  /** Trajectories followed in f64, and starts that were left undecided for want of more. */
  judged = 0;
  unjudged = 0;
  readonly #system: BasinSystem;

  constructor(system: BasinSystem) {
    this.#system = system;
  }

  /** The label of a state at rest, where it needs no look. */
  knownAtRest(state: Float64Array): number | undefined {
    const { points, attractors } = this.#system;
    const near = NEAR * (1 + norm(state));
    const known = attractors.findIndex((a) => a.kind === 'fixed-point' && distance(a.state, state) <= near);
    if (known >= 0) return known;
    const point = points.find((p) => distance(p.state, state) <= near);
    if (!point) return undefined;
    return point.class === 'saddle' || point.class === 'unstable' ? LABEL['saddle-slow'] : LABEL.undecided;
  }

  /** The label of a state at rest; rejects with the signal's reason. */
  async atRest(state: Float64Array, signal?: AbortSignal): Promise<number> {
    if (!this.#mayJudge()) return LABEL.undecided;
    const { problem, algebra } = this.#system;
    const { outcome, point: found } = await finish(settling(problem, algebra, state), signal);
    if (outcome === 'saddle-slow' && found?.class !== 'undecided') return LABEL['saddle-slow'];
    if (outcome !== 'converged' || !found) return LABEL.undecided;
    return this.#labelOf(found.state);
  }

  /** The label of a state whose flow has come back to it, where it needs no look. */
  knownReturned(state: Float64Array): number | undefined {
    const { attractors } = this.#system;
    const known = attractors.findIndex((a) => a.kind === 'limit-cycle' && isOn(a.orbit, state));
    return known >= 0 ? known : undefined;
  }

  /** The label of a state whose flow has come back to it; rejects with the signal's reason. */
  async returned(state: Float64Array, signal?: AbortSignal): Promise<number> {
    if (!this.#mayJudge()) return LABEL.undecided;
    const { problem, algebra } = this.#system;
    let rest: Float64Array | undefined;
    const pieces = trajectory(problem, algebra, state, { times: [0], horizon: CYCLE_HORIZON }, (at) => {
      const settled = settle(problem, algebra, at);
      if (settled.outcome === 'converged') rest = settled.state;
      return settled.point && { state: settled.state, stable: settled.outcome === 'converged' };
    });
    const { outcome, endTime, period } = await finish(pieces, signal);
    if (outcome === 'converged' && rest) return this.#labelOf(rest);
    if (outcome === 'saddle-slow') return LABEL['saddle-slow'];
    if (outcome !== 'limit-cycle' || period === undefined) return LABEL.undecided;
    return this.#orbitLabel(state, endTime, period);
  }

  #mayJudge(): boolean {
    if (this.judged >= MOST_JUDGED) {
      this.unjudged++;
      return false;
    }
    this.judged++;
    return true;
  }

  /** The label of a stable point, which may be new. */
  #labelOf(state: Float64Array): number {
    const { attractors, problem, algebra } = this.#system;
    const near = NEAR * (1 + norm(state));
    const known = attractors.findIndex((a) => a.kind === 'fixed-point' && distance(a.state, state) <= near);
    if (known >= 0) return known;
    const certificate = certify(new Evaluator(problem, algebra), algebra, state);
    return attractors.push({ kind: 'fixed-point', state, certificate }) - 1;
  }

  #orbitLabel(from: Float64Array, settling: number, period: number): number {
    const { attractors } = this.#system;
    const orbit = this.#orbit(from, settling, period);
    const known = attractors.findIndex((a) => a.kind === 'limit-cycle' && isOn(a.orbit, orbit[0]));
    const attractor: Attractor = { kind: 'limit-cycle', period, orbit };
    return known >= 0 ? known : attractors.push(attractor) - 1;
  }

  /** One round of the orbit after the time in which it was found to be closed. */
  #orbit(from: Float64Array, settling: number, period: number): Float64Array[] {
    const { problem, algebra } = this.#system;
    const evaluator = new Evaluator(problem, algebra);
    const field = (y: Float64Array, out: Float64Array) => {
      evaluator.moveTo(y);
      out.set(evaluator.velocity());
    };
    const n = from.length;
    const stepper = createStepper('rk4', n, field);
    const y = from.slice();
    const [slope, next, unused] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
    const h = period / (ORBIT_STATES * STEPS_BETWEEN);
    const advance = (steps: number) => {
      for (let k = 0; k < steps; k++) {
        field(y, slope);
        stepper.step(y, slope, h, next, unused);
        y.set(next);
      }
    };
    advance(Math.ceil(settling / h));
    return Array.from({ length: ORBIT_STATES }, () => {
      advance(STEPS_BETWEEN);
      return y.slice();
    });
  }
}

/** What a computation in pieces returns; between them the event loop runs and an abort arrives. */
async function finish<T>(pieces: Generator<undefined, T>, signal: AbortSignal | undefined): Promise<T> {
  for (;;) {
    const { done, value } = pieces.next();
    if (done === true) return value;
    await breathe(signal);
  }
}

/** Whether a state lies on a closed orbit given by states along it. */
function isOn(orbit: readonly Float64Array[], state: Float64Array): boolean {
  const size = orbit.reduce((most, at) => Math.max(most, distance(at, orbit[0])), 0);
  return orbit.some((a, k) => toSegment(a, orbit[(k + 1) % orbit.length], state) <= ON_ORBIT * size);
}

function distance(a: Float64Array, b: Float64Array): number {
  let square = 0;
  for (let i = 0; i < a.length; i++) square += (a[i] - b[i]) ** 2;
  return Math.sqrt(square);
}

function toSegment(a: Float64Array, b: Float64Array, at: Float64Array): number {
  let [along, length] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    along += (at[i] - a[i]) * (b[i] - a[i]);
    length += (b[i] - a[i]) ** 2;
  }
  const share = length === 0 ? 0 : Math.min(1, Math.max(0, along / length));
  return distance(
    a.map((v, i) => v + share * (b[i] - v)),
    at,
  );
}
