/** Which parts of a plot are taken, as discs: enough to keep words, glyphs and streaks apart at any angle. */

/** Centre and radius in pixels. */
export type Disc = readonly [x: number, y: number, radius: number];

const CELL = 32;

export class Occupancy {
  /** Discs by the cells that they touch. */
  private readonly cells = new Map<string, Disc[]>();

  reserve(discs: readonly Disc[]): void {
    for (const disc of discs) {
      for (const key of touchedCells(disc)) {
        const known = this.cells.get(key);
        if (known) known.push(disc);
        else this.cells.set(key, [disc]);
      }
    }
  }

  /** Whether none of the discs touches a reserved one. */
  isFree(discs: readonly Disc[]): boolean {
    return discs.every(([x, y, radius]) =>
      touchedCells([x, y, radius]).every((key) =>
        (this.cells.get(key) ?? []).every(
          ([u, v, other]) => (x - u) ** 2 + (y - v) ** 2 >= (radius + other) ** 2,
        ),
      ),
    );
  }
}

function touchedCells([x, y, radius]: Disc): string[] {
  const keys: string[] = [];
  for (let j = Math.floor((y - radius) / CELL); j <= Math.floor((y + radius) / CELL); j++) {
    for (let i = Math.floor((x - radius) / CELL); i <= Math.floor((x + radius) / CELL); i++) {
      keys.push(`${String(i)},${String(j)}`);
    }
  }
  return keys;
}

/**
 * Discs that cover a line of words centred at (x, y).
 * @param angle radians
 */
export function lineDiscs(x: number, y: number, width: number, height: number, angle = 0): Disc[] {
  const radius = 0.6 * height;
  const reach = Math.max(0, width / 2 - 0.4 * height);
  const count = Math.max(1, Math.ceil((2 * reach) / height));
  return Array.from({ length: count + 1 }, (_, i): Disc => {
    const along = -reach + (2 * reach * i) / count;
    return [x + along * Math.cos(angle), y + along * Math.sin(angle), radius];
  });
}

/** Discs along a polyline of interleaved pixels, every 6 pixels. */
export function pathDiscs(points: readonly number[], radius = 2): Disc[] {
  const discs: Disc[] = [];
  for (let k = 0; k + 3 < points.length; k += 2) {
    const [x0, y0, x1, y1] = points.slice(k, k + 4);
    const count = Math.max(1, Math.ceil(Math.hypot(x1 - x0, y1 - y0) / 6));
    for (let i = 0; i <= count; i++)
      discs.push([x0 + ((x1 - x0) * i) / count, y0 + ((y1 - y0) * i) / count, radius]);
  }
  return discs;
}
