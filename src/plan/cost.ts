/**
 * What a point costs, in nanoseconds: enough to keep a tile under its time. The software figures were measured
 * (SwiftShader and V8 on two cores without a GPU, docs/kernels.md); those of hardware adapters are a cautious
 * guess, one twentieth, because none was at hand.
 */
import type { Network, Quantity } from '../types.js';
import { MATRIX_LIMIT, multipliesState, REGISTER_LIMIT, type KernelSpec } from '../wgsl/compose.js';
import type { DeviceProfile } from './device.js';

/** [per point, per neuron and pass, per multiply-add] in ns. */
const REGISTERS = [10, 1.6, 0.15] as const;
const WORKSPACE = [150, 12, 0.9] as const;
const PROCESSOR = [100, 60, 1.2] as const;
const HARDWARE_SHARE = 1 / 20;
/** Per N^3 of a matrix built, rotated and multiplied at one point. */
const MATRIX = 120;

/** Multiply-adds of one product with W: its entries, and two passes over the patterns of factors. */
const multiplications = ({ weights, patterns }: Network) =>
  weights.reduce((sum, b) => sum + b.matrix.data.length, 0) +
  patterns.reduce((sum, { factor }) => sum + 2 * factor.data.length, 0);

/** What of M and R is multiplied for these quantities. */
function needs({ quantities }: KernelSpec) {
  return {
    metric: quantities.some((q) => q === 'energy-gradient' || q === 'energy-rate' || q === 'blind-spot'),
    velocity: quantities.some((q) => q === 'rhs' || q === 'speed' || q === 'energy-rate'),
  };
}

/** Products with an N x N matrix per point in registers and in f64, counted from what the quantities need. */
function products(spec: KernelSpec): number {
  const { energy, design } = spec.problem;
  const { metric, velocity } = needs(spec);
  const [first, second, third] = energy.coefficients.map((c) => (c === 0 ? 0 : 1));
  const ratePasses = energy.equation === 10 ? first + 2 * second + third : first + third;
  const own = design.kind === 'gradient' ? ratePasses : design.kind === 'matrix' ? 1 : 0;
  return 2 + (energy.equation === 10 ? second : first) + (metric ? ratePasses : 0) + (velocity ? own : 0);
}

/** Multiply-adds per point of a workspace kernel, counted from what its fragments call. */
function workspaceMultiplications(spec: KernelSpec): number {
  const { network, energy, design, equation } = spec.problem;
  const { metric, velocity } = needs(spec);
  const dense = network.size ** 2;
  const product = multiplications(network);
  const form = network.symmetric ? product / 2 : product;
  const [first, second, third] = energy.coefficients.map((c) => (c === 0 ? 0 : 1));
  const shared = multipliesState(spec);
  const inRates = energy.equation === 10;
  const ofEnergy = inRates ? second * form : first * dense + (shared ? 0 : second * form);
  const ofMetric = inRates ? (first + 2 * second + third) * product : first * dense + third * product;
  const ofDesign = design.kind === 'gradient' ? ofMetric : design.kind === 'matrix' ? dense : 0;
  return (
    (equation === 9 || shared ? product : 0) +
    (spec.quantities.includes('energy') ? ofEnergy : 0) +
    (metric ? ofMetric : 0) +
    // With R = M the velocity is M r, computed once.
    (velocity && !(metric && design.kind === 'gradient') ? ofDesign : 0)
  );
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
  const inWorkspace = device.kind === 'gpu' && n > REGISTER_LIMIT;
  const [point, neuron, multiply] = device.kind === 'cpu' ? PROCESSOR : inWorkspace ? WORKSPACE : REGISTERS;
  const passes = 2 + spec.quantities.length;
  const multiplyAdds = inWorkspace
    ? workspaceMultiplications(spec)
    : products(spec) * Math.max(n, multiplications(spec.problem.network));
  const matrix = decomposes(spec) && (device.kind === 'cpu' || n <= MATRIX_LIMIT) ? MATRIX * n ** 3 + 500 : 0;
  const nanoseconds = point + neuron * n * passes + multiply * multiplyAdds + matrix;
  return device.kind === 'cpu' || device.software ? nanoseconds : nanoseconds * HARDWARE_SHARE;
}
