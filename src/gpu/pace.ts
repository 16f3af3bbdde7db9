/**
 * How long kernels take, learnt as they run. Dawn in Node waits for a mapping by asking over and over again,
 * which takes a core away from a software adapter that computes on the same two; so there the host sleeps for
 * most of the time that a tile took before, and asks only then. In pages waiting costs nothing.
 *
 * Sleeping too long costs more than asking too early, and points of flows differ in their work: an estimate falls at once
 * and rises slowly.
 */

/** Share of the expected time that is slept. */
const SLEPT = 0.8;
/** By this factor an estimate grows at most with each tile. */
const GROWTH = 1.25;
/** Timers are not exact to a millisecond or two: shorter waits are not worth one. */
const SHORTEST_MILLISECONDS = 3;
/** No longer than a tile is planned for: an estimate may be wrong, an abort must not wait for it. */
const LONGEST_MILLISECONDS = 50;

export class Pace {
  readonly #waitingCosts: boolean;
  readonly #perPoint = new Map<string, number>();

  constructor(waitingCosts: boolean) {
    this.#waitingCosts = waitingCosts;
  }

  /** Notes what `points` points of a kernel took, in ms; only for tiles of full size, or overhead would be taken for work. */
  learn(kernel: string, points: number, milliseconds: number): void {
    const known = this.#perPoint.get(kernel) ?? Infinity;
    this.#perPoint.set(kernel, Math.min(milliseconds / points, GROWTH * known));
  }

  /** Sleeps through most of what `points` points are expected to take from `started` on. */
  async sleep(kernel: string, points: number, started: number): Promise<void> {
    const perPoint = this.#perPoint.get(kernel);
    if (!this.#waitingCosts || perPoint === undefined) return;
    const left = started + SLEPT * perPoint * points - performance.now();
    if (left < SHORTEST_MILLISECONDS) return;
    await new Promise((resolve) => setTimeout(resolve, Math.min(left, LONGEST_MILLISECONDS)));
  }
}
