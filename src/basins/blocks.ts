/**
 * The blocks of a refined map. Nodes are every 8th pixel along both axes and the last ones; a block lies between four of
 * them. Where they disagree the block is `mixed`, and computed; the blocks beside mixed ones are looked into at more nodes,
 * half a block apart; all others are filled with the label of their nodes.
 */

/** Pixels along the side of a block. */
const BLOCK = 8;

function indicesOf(flags: Uint8Array): Uint32Array {
  const found: number[] = [];
  flags.forEach((flag, index) => {
    if (flag === 1) found.push(index);
  });
  return Uint32Array.from(found);
}

/** 0, 8, 16, .. and the last pixel. */
function nodesAlong(size: number): Uint32Array {
  const all: number[] = [];
  for (let k = 0; k < size - 1; k += BLOCK) all.push(k);
  all.push(size - 1);
  return Uint32Array.from(all);
}

/** A rectangle of pixels: columns x0 .. x1 - 1 and rows y0 .. y1 - 1. */
export interface Block {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
}

/** The blocks of a plane, at least two pixels along either side. */
export class Blocks {
  readonly width: number;
  readonly height: number;
  /** Blocks along each axis. */
  readonly across: number;
  readonly down: number;
  readonly #xs: Uint32Array;
  readonly #ys: Uint32Array;

  constructor([width, height]: readonly [number, number]) {
    this.width = width;
    this.height = height;
    this.#xs = nodesAlong(width);
    this.#ys = nodesAlong(height);
    this.across = Math.max(1, this.#xs.length - 1);
    this.down = Math.max(1, this.#ys.length - 1);
  }

  get count(): number {
    return this.across * this.down;
  }

  /** Cells of all nodes, row by row. */
  nodeCells(): Uint32Array {
    const [nx, ny] = [this.#xs.length, this.#ys.length];
    const cells = new Uint32Array(nx * ny);
    for (let j = 0, at = 0; j < ny; j++)
      for (let i = 0; i < nx; i++) cells[at++] = this.#ys[j] * this.width + this.#xs[i];
    return cells;
  }

  block(index: number): Block {
    const [i, j] = [index % this.across, Math.floor(index / this.across)];
    return {
      x0: this.#xs[i],
      x1: i + 1 === this.across ? this.width : this.#xs[i + 1],
      y0: this.#ys[j],
      y1: j + 1 === this.down ? this.height : this.#ys[j + 1],
    };
  }

  /** Index of the block that holds a cell. */
  blockOf(cell: number): number {
    const i = Math.min(this.across - 1, Math.floor((cell % this.width) / BLOCK));
    const j = Math.min(this.down - 1, Math.floor(Math.floor(cell / this.width) / BLOCK));
    return j * this.across + i;
  }

  /** Blocks whose nodes disagree, and those that touch one but agree themselves; `nodes` are the labels of all nodes. */
  sorted(nodes: Int32Array): { mixed: Uint32Array; beside: Uint32Array } {
    const nx = this.#xs.length;
    const { across, down } = this;
    const isMixed = new Uint8Array(this.count);
    const isNear = new Uint8Array(this.count);
    for (let j = 0; j < down; j++)
      for (let i = 0; i < across; i++) {
        const at = j * nx + i;
        const label = nodes[at];
        if (nodes[at + 1] === label && nodes[at + nx] === label && nodes[at + nx + 1] === label) continue;
        isMixed[j * across + i] = 1;
        for (let b = Math.max(0, j - 1); b <= Math.min(down - 1, j + 1); b++)
          for (let a = Math.max(0, i - 1); a <= Math.min(across - 1, i + 1); a++) isNear[b * across + a] = 1;
      }
    const mixed = indicesOf(isMixed);
    for (const index of mixed) isNear[index] = 0;
    return { mixed, beside: indicesOf(isNear) };
  }

  /** Gives every pixel of every block the label of its first node. */
  fill(labels: Int32Array, nodes: Int32Array): void {
    const { across, width } = this;
    for (let j = 0; j < this.down; j++) {
      const row = nodes.subarray(j * this.#xs.length, j * this.#xs.length + across);
      const { y0, y1 } = this.block(j * across);
      // Neighbours of one label are filled at once.
      for (let first = 0; first < across;) {
        let last = first;
        while (last + 1 < across && row[last + 1] === row[first]) last++;
        const [x0, x1] = [this.block(first).x0, this.block(last).x1];
        for (let y = y0; y < y1; y++) labels.fill(row[first], y * width + x0, y * width + x1);
        first = last + 1;
      }
    }
  }

  /** The cells half a block from the first node of some blocks. */
  innerNodes(blocks: Uint32Array): Uint32Array {
    const cells: number[] = [];
    const half = BLOCK / 2;
    for (const index of blocks) {
      const { x0, x1, y0, y1 } = this.block(index);
      const [right, below] = [x0 + half < x1, y0 + half < y1];
      if (right) cells.push(y0 * this.width + x0 + half);
      if (below) cells.push((y0 + half) * this.width + x0);
      if (right && below) cells.push((y0 + half) * this.width + x0 + half);
    }
    return Uint32Array.from(cells);
  }

  /** Cells of some blocks. */
  cellsOf(blocks: Uint32Array): Uint32Array {
    let count = 0;
    for (const index of blocks) {
      const { x0, x1, y0, y1 } = this.block(index);
      count += (x1 - x0) * (y1 - y0);
    }
    const cells = new Uint32Array(count);
    let at = 0;
    for (const index of blocks) {
      const { x0, x1, y0, y1 } = this.block(index);
      for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) cells[at++] = y * this.width + x;
    }
    return cells;
  }

  /** Filled neighbours of computed blocks that do not continue them: a boundary goes on in there. */
  broken(labels: Int32Array, blocks: Uint32Array, computed: Uint8Array): Uint32Array {
    const found = new Set<number>();
    const { width } = this;
    for (const index of blocks) {
      const { x0, x1, y0, y1 } = this.block(index);
      const [i, j] = [index % this.across, Math.floor(index / this.across)];
      const look = (neighbour: number, inner: (k: number) => number, outer: number, count: number) => {
        if (computed[neighbour] === 1) return;
        for (let k = 0; k < count; k++) {
          const cell = inner(k);
          if (labels[cell] === labels[cell + outer]) continue;
          found.add(neighbour);
          return;
        }
      };
      if (i > 0) look(index - 1, (k) => (y0 + k) * width + x0, -1, y1 - y0);
      if (i + 1 < this.across) look(index + 1, (k) => (y0 + k) * width + x1 - 1, 1, y1 - y0);
      if (j > 0) look(index - this.across, (k) => y0 * width + x0 + k, -width, x1 - x0);
      if (j + 1 < this.down) look(index + this.across, (k) => (y1 - 1) * width + x0 + k, width, x1 - x0);
    }
    return Uint32Array.from(found).sort();
  }
}
