/**
 * Permutations and sign flips of neurons that leave W, b and g as they are: fixed points come in orbits of them. Signs flip
 * only where g is odd and b is 0 (or both signs of it are exchanged).
 *
 * Neurons with a sign are 2 N vertices; a symmetry is a permutation of them that keeps colours (activation, b) and the
 * weights between pairs. Refinement makes colours finer by the multiset of (weight, colour) that a vertex sees; where that
 * does not decide, a vertex is fixed on both sides and refinement goes on (individualisation and refinement, with a budget).
 * Found are generators: for each vertex of a base, the images that it can have with those before it held.
 */
import type { Network } from '../types.js';
import { weightsOf } from './linearisation.js';

/** (P y)_i = sign_i y_(from_i). */
export interface SignedPermutation {
  readonly from: Int32Array;
  readonly sign: Int8Array;
}

/** Generators of the group, and whether the search was cut short by its budget. */
export interface Symmetries {
  readonly generators: readonly SignedPermutation[];
  readonly complete: boolean;
}

const ODD: ReadonlySet<string> = new Set(['identity', 'tanh', 'arctan', 'hard-tanh', 'shrink']);
const MOST_NEURONS = 64;
/** Refinements in all. */
const BUDGET = 3000;

/** Generators of the symmetries of a network of up to 64 neurons with elementwise or softmax layers. */
export function symmetriesOf(network: Network): Symmetries {
  if (network.size > MOST_NEURONS) return { generators: [], complete: false };
  const search = new Search(network);
  return { generators: search.generators(), complete: search.left > 0 };
}

/** P y. */
export function permuted({ from, sign }: SignedPermutation, y: Float64Array): Float64Array {
  return y.map((_, i) => sign[i] * y[from[i]]);
}

type Colours = Int32Array;

class Search {
  left = BUDGET;
  readonly #n: number;
  readonly #w: Float64Array;
  readonly #initial: Colours;
  /** A number for each distinct weight, for hashing. */
  readonly #weightIds: Int32Array;
  readonly #odd: boolean[];

  constructor(network: Network) {
    const n = network.size;
    this.#n = n;
    this.#w = weightsOf(network).data;
    const ids = new Map<number, number>();
    // -0 and 0 are one weight; the id of -w is minus that of w.
    const idOf = (w: number) => {
      const size = Math.abs(w);
      const known = ids.get(size) ?? ids.size + 1;
      ids.set(size, known);
      return w < 0 ? -known : known;
    };
    this.#weightIds = Int32Array.from(this.#w, (w) => (w === 0 ? 0 : idOf(w)));
    const kinds = network.layers.flatMap(({ activation, size, name }) => {
      const blockwise = ['softmax', 'layer-norm', 'spherical'].includes(activation.name);
      const kind = JSON.stringify([activation, blockwise ? name : '']);
      return Array.from({ length: size }, () => ({ kind, odd: ODD.has(activation.name) }));
    });
    this.#odd = kinds.map(({ odd }) => odd);
    const names = new Map<string, number>();
    // Vertex 2i is +i, 2i + 1 is -i.
    this.#initial = Int32Array.from({ length: 2 * n }, (_, v) => {
      const { kind, odd } = kinds[v >> 1];
      const sign = v % 2 === 0 ? 1 : -1;
      const key = JSON.stringify([kind, odd ? 0 : sign, sign * network.bias[v >> 1] || 0]);
      const known = names.get(key) ?? names.size;
      names.set(key, known);
      return known;
    });
  }

  generators(): SignedPermutation[] {
    const found: SignedPermutation[] = [];
    const fixed: number[] = [];
    for (let base = 0; base < 2 * this.#n; base += 2) {
      const orbit = new Set([base]);
      const start = this.#individualised(fixed);
      for (let image = 0; image < 2 * this.#n; image++) {
        if (orbit.has(image) || start[image] !== start[base] || this.left <= 0) continue;
        const p = this.#extend([...fixed, base], [...fixed, image]);
        if (!p) continue;
        found.push(p);
        grow(
          orbit,
          found.filter((g) => fixed.every((v) => imageOf(g, v) === v)),
        );
      }
      fixed.push(base);
    }
    return found;
  }

  /** Colours with the given vertices set apart, in this order, and refined. */
  #individualised(vertices: readonly number[]): Colours {
    const colours = Int32Array.from(this.#initial);
    vertices.forEach((v, k) => (colours[v] = 1_000_000 + k));
    return this.#refine(colours);
  }

  #refine(given: Colours): Colours {
    this.left--;
    const [n, ids] = [this.#n, this.#weightIds];
    let colours = given;
    for (let classes = count(colours); ;) {
      const next = new Int32Array(2 * n);
      for (let v = 0; v < 2 * n; v++) {
        const [i, s] = [v >> 1, v % 2 === 0 ? 1 : -1];
        let sum = 0;
        for (let u = 0; u < 2 * n; u++) {
          const t = u % 2 === 0 ? s : -s;
          const [there, back] = [t * ids[i * n + (u >> 1)], t * ids[(u >> 1) * n + i]];
          // A commutative sum of hashes stands for the multiset; a collision costs a failed check, no more.
          sum = (sum + mix(mix(mix(colours[u], there), back), u === (v ^ 1) ? 7 : u === v ? 5 : 3)) | 0;
        }
        next[v] = mix(mix(colours[v], sum), 11);
      }
      const finer = count(next);
      colours = next;
      if (finer === classes) return colours;
      classes = finer;
    }
  }

  /** A symmetry that takes `sources` to `targets` in order, if there is one within the budget. */
  #extend(sources: readonly number[], targets: readonly number[]): SignedPermutation | undefined {
    if (this.left <= 0) return undefined;
    const [a, b] = [this.#individualised(sources), this.#individualised(targets)];
    if (!sameHistogram(a, b)) return undefined;
    const cell = smallestOpenCell(a);
    if (!cell) return this.#checked(a, b);
    for (let u = 0; u < b.length; u++) {
      if (b[u] !== a[cell[0]]) continue;
      const p = this.#extend([...sources, cell[0]], [...targets, u]);
      if (p) return p;
    }
    return undefined;
  }

  /** The map between equal colours, if it is a symmetry to the last bit. */
  #checked(a: Colours, b: Colours): SignedPermutation | undefined {
    const n = this.#n;
    const place = new Map([...b].map((colour, v) => [colour, v]));
    const to = Array.from(a, (colour) => place.get(colour) ?? -1);
    for (let i = 0; i < n; i++) {
      // Minus goes where plus goes, with the other sign.
      if (to[2 * i + 1] !== (to[2 * i] ^ 1)) return undefined;
      if (to[2 * i] % 2 === 1 && !this.#odd[i]) return undefined;
    }
    const sign = (i: number) => (to[2 * i] % 2 === 0 ? 1 : -1);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        if (this.#w[(to[2 * i] >> 1) * n + (to[2 * j] >> 1)] !== sign(i) * sign(j) * this.#w[i * n + j] + 0)
          return undefined;
    const p = { from: new Int32Array(n), sign: new Int8Array(n) };
    for (let i = 0; i < n; i++) {
      p.from[to[2 * i] >> 1] = i;
      p.sign[to[2 * i] >> 1] = sign(i);
    }
    return p;
  }
}

/** Closes an orbit of vertices under generators. */
function grow(orbit: Set<number>, generators: readonly SignedPermutation[]): void {
  const queue = [...orbit];
  for (let v = queue.pop(); v !== undefined; v = queue.pop())
    for (const g of generators) {
      const image = imageOf(g, v);
      if (orbit.has(image)) continue;
      orbit.add(image);
      queue.push(image);
    }
}

function imageOf({ from, sign }: SignedPermutation, v: number): number {
  const target = from.indexOf(v >> 1);
  return 2 * target + (sign[target] < 0 ? 1 - (v % 2) : v % 2);
}

function mix(a: number, b: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return (h ^ (h >>> 13)) | 0;
}

const count = (colours: Colours): number => new Set(colours).size;

function sameHistogram(a: Colours, b: Colours): boolean {
  const [p, q] = [a.slice().sort(), b.slice().sort()];
  return p.every((colour, k) => colour === q[k]);
}

/** Vertices of the smallest colour class of more than one. */
function smallestOpenCell(colours: Colours): number[] | undefined {
  const cells = new Map<number, number[]>();
  colours.forEach((colour, v) => {
    const list = cells.get(colour);
    if (list) list.push(v);
    else cells.set(colour, [v]);
  });
  const open = [...cells.values()].filter((list) => list.length > 1);
  return open.length > 0 ? open.reduce((a, b) => (b.length < a.length ? b : a)) : undefined;
}
