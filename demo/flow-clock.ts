/** The clock of the flow: one unit of time a second, held by the reader, by a hidden tab, by reduced motion. */

/** Milliseconds of a frame on a software adapter or the CPU, which share their cores with the fields. */
const SOFTWARE_FRAME = 1000 / 24;
/** A tab that was away goes on where it was. */
const LONGEST_STEP = 100;

export const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)');

export class FlowClock {
  held = false;
  /** Whether frames should be few. */
  slow = true;
  #elapsed = 0;
  #last = 0;

  /** Time of drifting streaks; undefined where they stand still. */
  get seconds(): number | undefined {
    return reducedMotion.matches ? undefined : this.#elapsed / 1000;
  }

  /** Calls `draw` for every frame in which streaks have moved. */
  start(draw: () => void): void {
    const step = (now: number) => {
      requestAnimationFrame(step);
      const since = now - this.#last;
      if (this.slow && since < SOFTWARE_FRAME) return;
      this.#last = now;
      if (this.held || reducedMotion.matches || document.hidden) return;
      this.#elapsed += Math.min(since, LONGEST_STEP);
      draw();
    };
    requestAnimationFrame(step);
  }
}
