/**
 * How long kernels take, learnt as they run. Dawn in Node waits for a mapping by asking over and over again,
 * which takes a core away from a software adapter that computes on the same two; so there the host sleeps for
 * most of the time that a tile took before, and asks only then. In pages waiting costs nothing.
 *
 * Where more tiles wait on the device it has work meanwhile, and the host may sleep nearly until the end that it expects.
 * After the last one sleeping too long costs more than asking too early, and points of flows differ in their work: so it
 * trusts an estimate that falls at once and rises slowly.
 */

/** Shares of the expected time that are slept. Below 1: an estimate that is too long shrinks with each tile. */
const SLEPT = { more: 0.9, last: 0.8 };
/** By this factor the cautious estimate grows at most with each tile. */
const GROWTH = 1.25;
/** Timers are not exact to a millisecond or two: shorter waits are not worth one. */
const SHORTEST_MILLISECONDS = 3;
/** No longer than a tile is planned for: an estimate may be wrong, an abort must not wait for it. */
const LONGEST_MILLISECONDS = 50;

export class Pace {
  readonly #waitingCosts: boolean;
  /** Per point, in ms: of the latest tile, and cautiously. */
  readonly #perPoint = new Map<string, { latest: number; cautious: number }>();

  constructor(waitingCosts: boolean) {
    this.#waitingCosts = waitingCosts;
  }

  /** Notes what `points` points of a kernel took, in ms; only for tiles of full size, or overhead would be taken for work. */
  learn(kernel: string, points: number, milliseconds: number): void {
    const latest = milliseconds / points;
    const known = this.#perPoint.get(kernel)?.cautious ?? Infinity;
    this.#perPoint.set(kernel, { latest, cautious: Math.min(latest, GROWTH * known) });
  }

  /** Sleeps while `points` points are expected to be computed from `started` on; `more` where tiles wait behind them. */
  async sleep(kernel: string, points: number, started: number, more: boolean): Promise<void> {
    const known = this.#perPoint.get(kernel);
    if (!this.#waitingCosts || !known) return;
    const expected = points * (more ? SLEPT.more * known.latest : SLEPT.last * known.cautious);
    const left = started + expected - performance.now();
    if (left < SHORTEST_MILLISECONDS) return;
    await new Promise((resolve) => setTimeout(resolve, Math.min(left, LONGEST_MILLISECONDS)));
  }
}
