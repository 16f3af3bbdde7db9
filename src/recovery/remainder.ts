/**
 * What is left of a plan while devices come and go: tiles that have not been delivered, in pieces where they were too
 * much for a device. Whoever takes the results sees whole tiles of the plan only.
 */
import type { TileResult } from '../backend.js';
import { largestOf, mostLanes, type AnyPlan, type Tile } from '../plan/plan.js';

/** A tile that is not delivered yet: its pieces that are not computed, and the values of those that are. */
interface Owed {
  readonly tile: Tile;
  readonly pieces: readonly Tile[];
  readonly values?: TileResult['values'];
}

export class Remainder {
  readonly #plan: AnyPlan;
  readonly #planes: number;
  /** By the corner of each piece, which no other piece has. */
  #owed = new Map<string, Owed>();

  constructor(plan: AnyPlan) {
    this.#plan = plan;
    this.#planes = plan.planes.reduce((sum, { components }) => sum + components, 0);
    this.restart();
  }

  /** The plan of what is left: other tiles, the same points and so the same bits. */
  plan(): AnyPlan {
    const { spec, tileMilliseconds, tiles: all } = this.#plan;
    const tiles = [...new Set(this.#owed.values())].flatMap(({ pieces }) => pieces);
    return {
      ...this.#plan,
      tiles,
      lanes: mostLanes(tiles, spec),
      tileMilliseconds: (tileMilliseconds * largestOf(tiles)) / Math.max(1, largestOf(all)),
    };
  }

  /** Owes every tile again. */
  restart(): void {
    this.#owed = new Map(this.#plan.tiles.map((tile) => [corner(tile), { tile, pieces: [tile] }]));
  }

  /** Takes a piece; the tile that it completes, as soon as it does. */
  take({ tile: piece, values }: TileResult): TileResult | undefined {
    const owed = this.#owed.get(corner(piece));
    // Nobody is owed what was not asked for.
    if (!owed) return undefined;
    this.#owed.delete(corner(piece));
    const { tile } = owed;
    if (piece.columns === tile.columns && piece.rows === tile.rows) return { tile, values };
    const whole = owed.values ?? new (kindOf(values))(this.#planes * tile.columns * tile.rows);
    paste(whole, tile, values, piece, this.#planes);
    const pieces = owed.pieces.filter((other) => corner(other) !== corner(piece));
    if (pieces.length === 0) return { tile, values: whole };
    this.#owe({ tile, pieces, values: whole });
    return undefined;
  }

  /** Halves whatever is left; false where nothing is left that has two points. */
  halve(): boolean {
    const before = this.plan().tiles.length;
    for (const owed of new Set(this.#owed.values())) {
      for (const piece of owed.pieces) this.#owed.delete(corner(piece));
      this.#owe({ ...owed, pieces: owed.pieces.flatMap((piece) => this.#halves(piece)) });
    }
    return this.plan().tiles.length > before;
  }

  #owe(owed: Owed): void {
    for (const piece of owed.pieces) this.#owed.set(corner(piece), owed);
  }

  /** Two halves along the rows, in whole walks of a kernel, or else along the columns. */
  #halves(tile: Tile): readonly Tile[] {
    const { column, columns, row, rows } = tile;
    const walk = this.#plan.spec.rowsPerInvocation;
    const upper = Math.ceil(rows / 2 / walk) * walk;
    if (upper < rows)
      return [
        { ...tile, rows: upper },
        { ...tile, row: row + upper, rows: rows - upper },
      ];
    const left = Math.ceil(columns / 2);
    if (left < columns)
      return [
        { ...tile, columns: left },
        { ...tile, column: column + left, columns: columns - left },
      ];
    return [tile];
  }
}

const corner = ({ column, row }: Tile) => `${String(column)},${String(row)}`;

const kindOf = (values: TileResult['values']) =>
  values instanceof Float32Array ? Float32Array : Float64Array;

/** Puts the values of a piece, [component][row][column], into those of its tile. */
function paste(
  whole: TileResult['values'],
  tile: Tile,
  values: TileResult['values'],
  piece: Tile,
  planes: number,
): void {
  for (let plane = 0; plane < planes; plane++)
    for (let row = 0; row < piece.rows; row++) {
      const from = (plane * piece.rows + row) * piece.columns;
      const to = (plane * tile.rows + piece.row - tile.row + row) * tile.columns + piece.column - tile.column;
      whole.set(values.subarray(from, from + piece.columns), to);
    }
}
