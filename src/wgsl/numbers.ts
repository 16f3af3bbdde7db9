/**
 * How the model's numbers (W, b, R, parameters, coefficients) reach a kernel. The rest of the text asks for
 * them by contract and never learns which of these it got:
 *
 * - `text`: literals. On software adapters this is 15 to 27 times faster than loads (performance.md 0.2).
 * - `uniform`: one uniform buffer, so that a slider changes numbers without compiling again.
 * - `storage`: storage buffers for networks of any size: one for vectors, and as many as it takes for matrices in tiles
 *   of 4 x 4. A matrix is packed only when it is uploaded, and only if the linked text reads it.
 */
import { f32, u32 } from './literal.js';

/** Where the model's numbers stand: in the text, in a uniform buffer or in storage buffers. */
export type NumberStyle = 'text' | 'uniform' | 'storage';

/** A run of numbers in the store. */
export interface Run {
  /** WGSL expression of number `index`. */
  readonly at: (index: number) => string;
  /** Position of the run in the storage buffer. */
  readonly base: number;
  /** The values, so that a text may leave out what is zero; only with style `text`. */
  readonly known: ArrayLike<number> | undefined;
}

/** Matrices that share a binding. */
export interface MatrixBinding {
  readonly bytes: number;
  /** What the binding holds, part after part; packed anew with every call. */
  readonly parts: () => Iterable<Float32Array<ArrayBuffer>>;
}

/** Every device binds so much at once (the default limit of WebGPU). */
const BINDING_BYTES = 2 ** 27;
const TILE_BYTES = 64;

interface TiledMatrix {
  readonly name: string;
  readonly tiles: number;
  readonly pack: () => Float32Array<ArrayBuffer>;
}

export class NumberStore {
  readonly #style: NumberStyle;
  readonly #parts: Float64Array[] = [];
  readonly #matrices: TiledMatrix[] = [];
  #length = 0;

  constructor(style: NumberStyle) {
    this.#style = style;
  }

  add(values: ArrayLike<number> & Iterable<number>): Run {
    if (this.#style === 'text') return { at: (i) => f32(values[i]), base: 0, known: values };
    const base = this.#length;
    this.#parts.push(Float64Array.from(values));
    this.#length += values.length;
    const at =
      this.#style === 'uniform'
        ? (i: number) => `numbers[${u32((base + i) >> 2)}].${'xyzw'[(base + i) & 3]}`
        : (i: number) => `numbers[${u32(base + i)}]`;
    return { at, base, known: undefined };
  }

  /** Name of a WGSL function from the index of a tile to the tile; `pack` gives the numbers of all tiles. */
  addTiles(tiles: number, pack: TiledMatrix['pack']): string {
    const name = `matrix_${String(this.#matrices.length)}`;
    this.#matrices.push({ name, tiles, pack });
    return name;
  }

  /** Contents of the buffer at group 0, binding 0; empty with style `text`. Padded to whole vec4f. */
  data(): Float32Array {
    const padded = new Float32Array(Math.ceil(this.#length / 4) * 4);
    let at = 0;
    for (const part of this.#parts) {
      padded.set(part, at);
      at += part.length;
    }
    return padded;
  }

  /** Declarations for a linked text, and the matrices that it reads, at group 0 from binding 1 on. */
  declare(code: string): { declarations: string; matrices: MatrixBinding[] } {
    const bindings: { tiles: number; matrices: TiledMatrix[] }[] = [];
    let text = this.#vectors(code);
    for (const matrix of this.#matrices.filter(({ name }) => code.includes(`${name}(`))) {
      let last = bindings.at(-1);
      if (!last || (last.tiles + matrix.tiles) * TILE_BYTES > BINDING_BYTES) {
        last = { tiles: 0, matrices: [] };
        bindings.push(last);
        const binding = String(bindings.length);
        text += `\n@group(0) @binding(${binding}) var<storage, read> tiles_${binding}: array<mat4x4f>;\n`;
      }
      text += `\nfn ${matrix.name}(at: u32) -> mat4x4f {\n  return tiles_${String(bindings.length)}[${u32(last.tiles)} + at];\n}\n`;
      last.tiles += matrix.tiles;
      last.matrices.push(matrix);
    }
    return {
      declarations: text,
      matrices: bindings.map(({ tiles, matrices }) => ({
        bytes: tiles * TILE_BYTES,
        *parts() {
          for (const { pack } of matrices) yield pack();
        },
      })),
    };
  }

  #vectors(code: string): string {
    if (this.#style === 'text' || !/\bnumbers\[/.test(code)) return '';
    const count = Math.max(1, Math.ceil(this.#length / 4));
    return this.#style === 'uniform'
      ? `@group(0) @binding(0) var<uniform> numbers: array<vec4f, ${String(count)}>;\n`
      : '@group(0) @binding(0) var<storage, read> numbers: array<f32>;\n';
  }
}
