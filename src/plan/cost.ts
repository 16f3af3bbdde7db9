/**
 * What a point costs, in nanoseconds: enough to keep a tile under its time. The software figures were measured
 * (SwiftShader and V8 on two cores without a GPU, docs/kernels.md); those of hardware adapters are a cautious
 * guess, one twentieth, because none was at hand.
 */
import type { Network, Quantity } from '../types.js';
import { MATRIX_LIMIT, REGISTER_LIMIT, type KernelSpec } from '../wgsl/compose.js';
import type { DeviceProfile } from './device.js';

/** [per point, per neuron and pass, per multiply-add] in ns. */
const REGISTERS = [10, 1.6, 0.15] as const;
const WORKSPACE = [200, 60, 2.5] as const;
const PROCESSOR = [100, 60, 1.2] as const;
const HARDWARE_SHARE = 1 / 20;
/** Per N^3 of a matrix built, rotated and multiplied at one point. */
const MATRIX = 120;

/** Multiply-adds of one product with W: its entries, and two passes over the patterns of factors. */
const multiplications = ({ weights, patterns }: Network) =>
  weights.reduce((sum, b) => sum + b.matrix.data.length, 0) +
  patterns.reduce((sum, { factor }) => sum + 2 * factor.data.length, 0);

/** Products with an N x N matrix per point, counted from what the quantities need. */
function products({ problem, quantities }: KernelSpec): number {
  const { energy, design } = problem;
  const [first, second, third] = energy.coefficients.map((c) => (c === 0 ? 0 : 1));
  const ratePasses = energy.equation === 10 ? first + 2 * second + third : first + third;
  const metric = quantities.some((q) => q === 'energy-gradient' || q === 'energy-rate' || q === 'blind-spot');
  const velocity = quantities.some((q) => q === 'rhs' || q === 'speed' || q === 'energy-rate');
  const own = design.kind === 'gradient' ? ratePasses : design.kind === 'matrix' ? 1 : 0;
  return 2 + (energy.equation === 10 ? second : first) + (metric ? ratePasses : 0) + (velocity ? own : 0);
}

/** Whether a matrix is decomposed at every point. */
function decomposes({ problem, quantities }: KernelSpec): boolean {
  const polar: readonly Quantity[] = ['rhs', 'speed', 'energy-rate'];
  return (
    quantities.includes('certificate') ||
    (problem.design.kind === 'adaptive-polar' && quantities.some((q) => polar.includes(q)))
  );
}

export function costPerPoint(spec: KernelSpec, device: DeviceProfile): number {
  const n = spec.problem.network.size;
  const [point, neuron, multiply] =
    device.kind === 'cpu' ? PROCESSOR : n <= REGISTER_LIMIT ? REGISTERS : WORKSPACE;
  const passes = 2 + spec.quantities.length;
  const dense = Math.max(n, multiplications(spec.problem.network));
  const matrix = decomposes(spec) && (device.kind === 'cpu' || n <= MATRIX_LIMIT) ? MATRIX * n ** 3 + 500 : 0;
  const nanoseconds = point + neuron * n * passes + multiply * dense * products(spec) + matrix;
  return device.kind === 'cpu' || device.software ? nanoseconds : nanoseconds * HARDWARE_SHARE;
}
