/**
 * What became of a start that no stop set has caught: at rest near a known point it is that point's, on a known closed orbit
 * that orbit's. Anything else is looked at in f64 (flow/trajectory.ts), for some of them: a new attractor is known from then
 * on, and what is not looked at stays undecided.
 */
import { breathe } from '../analysis/box.js';
import { settle, settling } from '../analysis/settle.js';
import { isOnOrbit, sampleOrbit } from '../flow/orbit.js';
import { trajectory } from '../flow/trajectory.js';
import { Evaluator, norm } from '../model/evaluator.js';
import { certify } from './ball.js';
import { LABEL } from './labels.js';
import type { Attractor, BasinSystem } from './system.js';

/** Trajectories in f64 of one map. */
const MOST_JUDGED = 64;
/** At rest this close to a point, relative to 1 + |y|, is at rest there. */
const NEAR = 1e-3;
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
    const known = attractors.findIndex((a) => a.kind === 'limit-cycle' && isOnOrbit(a.orbit, state));
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
    const { attractors, problem, algebra } = this.#system;
    const evaluator = new Evaluator(problem, algebra);
    const orbit = sampleOrbit(from, settling, period, (y, out) => {
      evaluator.moveTo(y);
      out.set(evaluator.velocity());
    });
    const known = attractors.findIndex((a) => a.kind === 'limit-cycle' && isOnOrbit(a.orbit, orbit[0]));
    const attractor: Attractor = { kind: 'limit-cycle', period, orbit };
    return known >= 0 ? known : attractors.push(attractor) - 1;
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

function distance(a: Float64Array, b: Float64Array): number {
  let square = 0;
  for (let i = 0; i < a.length; i++) square += (a[i] - b[i]) ** 2;
  return Math.sqrt(square);
}
