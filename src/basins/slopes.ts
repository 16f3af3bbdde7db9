/**
 * How much H can change over an interval: for every neuron an enclosure of h over [x - width, x + width], rigorous by the
 * Lipschitz constants and kinks of the activation table.
 */
import { activationRow } from '../model/activation.js';
import { layer64 } from '../model/layer64.js';
import type { Layer } from '../types.js';

/** h lies within `middle` +- `radius` on the interval, one-sided limits at kinks included. */
export interface Slopes {
  readonly middle: Float64Array;
  readonly radius: Float64Array;
}

/** Encloses h of every neuron over `x` +- `width`; undefined where the table knows no Lipschitz constant. */
export type Enclose = (x: Float64Array, width: Float64Array) => Slopes | undefined;

/** Samples of each piece: the enclosure is wider than the range by a share of 1 / SAMPLES. */
const SAMPLES = 16;

interface Neuron {
  readonly hessian: (x: number) => number;
  readonly kinks: readonly number[];
  readonly lipschitz: number;
  readonly least: number;
  readonly most: number;
}

/** The enclosure for the layers of a network, or why there is none. */
export function slopesOf(layers: readonly Layer[]): Enclose | string {
  const neurons: Neuron[] = [];
  for (const { size, activation } of layers) {
    const row = activationRow(activation.name);
    const { parameters } = activation;
    const lipschitz = row.kind === 'elementwise' ? (row.hessianSlope?.(parameters) ?? Infinity) : Infinity;
    const { elementwise } = layer64(activation.name, parameters);
    if (row.kind === 'blockwise' || !elementwise || lipschitz === Infinity)
      return `no Lipschitz constant of H is known for ${activation.name}`;
    const neuron = {
      hessian: elementwise.hessian,
      kinks: row.kinks(parameters),
      lipschitz,
      least: row.convex(parameters) ? 0 : -Infinity,
      most: row.supHessian(parameters),
    };
    for (let i = 0; i < size; i++) neurons.push(neuron);
  }
  return (x, width) => {
    const [middle, radius] = [new Float64Array(x.length), new Float64Array(x.length)];
    for (let i = 0; i < x.length; i++) {
      const [lo, hi] = enclose(neurons[i], x[i] - width[i], x[i] + width[i]);
      middle[i] = (lo + hi) / 2;
      radius[i] = (hi - lo) / 2;
    }
    return radius.every(Number.isFinite) ? { middle, radius } : undefined;
  };
}

function enclose(
  { hessian, kinks, lipschitz, least, most }: Neuron,
  from: number,
  to: number,
): [number, number] {
  const edges = [from, ...kinks.filter((k) => k > from && k < to).sort((a, b) => a - b), to];
  let [lo, hi] = [Infinity, -Infinity];
  for (let p = 0; p + 1 < edges.length; p++) {
    const samples = lipschitz === 0 ? 1 : SAMPLES;
    const cell = (edges[p + 1] - edges[p]) / samples;
    for (let k = 0; k < samples; k++) {
      const value = hessian(edges[p] + (k + 0.5) * cell);
      lo = Math.min(lo, value - (lipschitz * cell) / 2);
      hi = Math.max(hi, value + (lipschitz * cell) / 2);
    }
  }
  return [Math.max(lo, least), Math.min(hi, most)];
}
