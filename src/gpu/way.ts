/**
 * The way of tiles from the GPU process to its parent: so many may be on it and no more. Without that the process
 * would go on computing into memory while the parent waits for a disk.
 */

/** One that the parent takes, one behind it, and one that is being sent. */
const TILES = 3;

export class Way {
  #free = TILES;
  readonly #waiting: (() => void)[] = [];

  /** Resolves when there is room for a tile. */
  enter(): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** A tile has arrived. */
  leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}
