/**
 * How long kernels take, learnt as they run. Dawn in Node waits for a mapping by asking over and over again,
 * which takes a core away from a software adapter that computes on the same two; so there the host sleeps for
 * most of the time that a tile took before, and naps between questions then. In pages waiting costs nothing.
 *
 * Where more tiles wait on the device it has work meanwhile, and the host may sleep nearly until the end that it expects.
 * After the last one sleeping too long costs more than asking too early, and points of flows differ in their work: so it
 * trusts an estimate that falls at once and rises slowly. A tile that was there when the host woke took less than was
 * slept, nobody knows how much less: the estimate falls below that, or short tiles would be slept over for good.
 */

/** Shares of the expected time that are slept. Below 1: an estimate that is too long shrinks with each tile. */
const SLEPT = { more: 0.9, last: 0.8 };
/** By this factor the cautious estimate grows at most with each tile. */
const GROWTH = 1.25;
/** A tile was there already where asking took no longer than this. */
const AT_ONCE_MILLISECONDS = 1;
/** What is believed then of the time that passed. */
const OVERSLEPT = 0.6;
/** Between two questions. Asking without naps made refined basin maps take 35 ms instead of 22, whole ones 140 instead of 110. */
const NAP_MILLISECONDS = 0.1;
/** Timers are not exact to a millisecond or two: shorter waits are not worth one. */
const SHORTEST_MILLISECONDS = 3;
/** No longer than a tile is planned for: an estimate may be wrong, an abort must not wait for it. */
const LONGEST_MILLISECONDS = 50;

export class Pace {
  /** Never rung: what naps wait for. Only where waiting costs. */
  readonly #bell: Int32Array | undefined;
  /** Per point, in ms: of the latest tile, and cautiously. */
  readonly #perPoint = new Map<string, { latest: number; cautious: number }>();

  constructor(waitingCosts: boolean) {
    this.#bell = waitingCosts ? new Int32Array(new SharedArrayBuffer(4)) : undefined;
  }

  /**
   * Notes what `points` points of a kernel took: from `started` to `ended`, both in ms, `woke` between them is when the host
   * began to ask. Only for tiles of full size, or overhead would be taken for work.
   */
  learn(kernel: string, points: number, started: number, woke: number, ended: number): void {
    const latest = (ended - started) / points;
    const known = this.#perPoint.get(kernel)?.cautious ?? Infinity;
    const overslept = woke - started >= 1 && ended - woke <= AT_ONCE_MILLISECONDS;
    this.#perPoint.set(kernel, {
      latest,
      cautious: Math.min(overslept ? OVERSLEPT * latest : latest, GROWTH * known),
    });
  }

  /**
   * Sleeps while `points` points are expected to be computed from `started` on; `more` where tiles wait behind them.
   * Returns when it woke.
   */
  async sleep(kernel: string, points: number, started: number, more: boolean): Promise<number> {
    const known = this.#perPoint.get(kernel);
    const now = performance.now();
    if (!this.#bell || !known) return now;
    const expected = points * (more ? SLEPT.more * known.latest : SLEPT.last * known.cautious);
    const left = started + expected - now;
    if (left < SHORTEST_MILLISECONDS) return now;
    await new Promise((resolve) => setTimeout(resolve, Math.min(left, LONGEST_MILLISECONDS)));
    return performance.now();
  }

  /**
   * Awaits a mapping. Where waiting costs, the host naps between two questions: the adapter has the core meanwhile, and other
   * work of the host waits for one nap at most.
   */
  async whileAsking<T>(mapping: Promise<T>): Promise<T> {
    const bell = this.#bell;
    if (!bell) return await mapping;
    let asking = true;
    const nap = () => {
      if (!asking) return;
      Atomics.wait(bell, 0, 0, NAP_MILLISECONDS);
      setImmediate(nap);
    };
    setImmediate(nap);
    try {
      return await mapping;
    } finally {
      asking = false;
    }
  }
}
