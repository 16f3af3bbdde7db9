/**
 * What a point costs, in nanoseconds: enough to keep a tile under its time. The software figures were measured
 * (SwiftShader and V8 on two cores without a GPU, docs/kernels.md); those of hardware adapters are a cautious
 * guess, one twentieth, because none was at hand.
 */
import type { Problem } from '../model/problem.js';
import type { Network, Quantity } from '../types.js';
import { MATRIX_LIMIT, multipliesState, type KernelSpec } from '../wgsl/compose.js';
import { REGISTER_LIMIT } from '../wgsl/lanes.js';
import type { DeviceProfile } from './device.js';

/** [per point, per neuron and pass, per multiply-add] in ns. */
const REGISTERS = [10, 1.6, 0.15] as const;
const WORKSPACE = [150, 20, 1.2] as const;
const PROCESSOR = [100, 60, 1.2] as const;
/** Multiply-adds with a W that no cache holds cost more: this share more for every 2^20 of its numbers. */
const BEYOND_CACHE = 0.6;
const HARDWARE_SHARE = 1 / 20;
/** Passes over a state in a workspace kernel: M and its products take several. */
const [BASE_PASSES, METRIC_PASSES] = [2, 4];
/** What a difference of energies costs more than an energy, in passes. */
const DIFFERENCE_PASSES = 6;
/** Per N^3 of a matrix built, rotated and multiplied at one point. */
const MATRIX = 120;

/** Multiply-adds of one product with W: its entries, and two passes over the patterns of factors. */
const multiplications = ({ weights, patterns }: Network) =>
  weights.reduce((sum, b) => sum + b.matrix.data.length, 0) +
  patterns.reduce((sum, { factor }) => sum + 2 * factor.data.length, 0);

/** Quantities that need M r. */
const METRIC: ReadonlySet<Quantity> = new Set(['energy-gradient', 'energy-rate', 'blind-spot']);

/** What of M and R is multiplied for these quantities. */
function needs({ quantities }: KernelSpec) {
  return {
    metric: quantities.some((q) => METRIC.has(q)),
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

function workspacePasses(spec: KernelSpec): number {
  const { metric, velocity } = needs(spec);
  const plain = spec.quantities.filter((q) => !METRIC.has(q)).length;
  const own = velocity && spec.problem.design.kind !== 'identity';
  return BASE_PASSES + plain + (metric || own ? METRIC_PASSES : 0);
}

/** Whether a matrix is decomposed at every point. */
function decomposes({ problem, quantities }: KernelSpec): boolean {
  const polar: readonly Quantity[] = ['rhs', 'speed', 'energy-rate'];
  return (
    quantities.includes('certificate') ||
    (problem.design.kind === 'adaptive-polar' && quantities.some((q) => polar.includes(q)))
  );
}

/** Per N^3 of a Newton step, and for the rest of it per N^2; a search takes so many steps. */
const NEWTON = { registers: [1.2, 8], processor: [6, 300], steps: 30 } as const;

function newtonCost({ problem, quantities }: KernelSpec, device: DeviceProfile): number {
  if (!quantities.includes('newton-end')) return 0;
  const n = problem.network.size;
  const [cube, square] = device.kind === 'cpu' ? NEWTON.processor : NEWTON.registers;
  return NEWTON.steps * (cube * n ** 3 + square * n ** 2);
}

export function costPerPoint(spec: KernelSpec, device: DeviceProfile): number {
  const n = spec.problem.network.size;
  const inWorkspace = device.kind === 'gpu' && n > REGISTER_LIMIT;
  const [point, neuron, multiply] = device.kind === 'cpu' ? PROCESSOR : inWorkspace ? WORKSPACE : REGISTERS;
  const passes = inWorkspace
    ? workspacePasses(spec)
    : BASE_PASSES + spec.quantities.length + (spec.reference ? DIFFERENCE_PASSES : 0);
  const multiplyAdds = inWorkspace
    ? workspaceMultiplications(spec)
    : products(spec) * Math.max(n, multiplications(spec.problem.network));
  const matrix = decomposes(spec) && (device.kind === 'cpu' || n <= MATRIX_LIMIT) ? MATRIX * n ** 3 + 500 : 0;
  const stored = multiplications(spec.problem.network) / 2 ** 20;
  const each = inWorkspace ? multiply * (1 + BEYOND_CACHE * stored) : multiply;
  const nanoseconds = point + neuron * n * passes + each * multiplyAdds + matrix + newtonCost(spec, device);
  if (device.pace) return nanoseconds * (inWorkspace ? device.pace.workspace : device.pace.registers);
  return device.kind === 'cpu' || device.software ? nanoseconds : nanoseconds * HARDWARE_SHARE;
}

/** One evaluation of R r in registers (or in f64), as flows do it, in ns. */
export function costPerVelocity({ network, energy, design }: Problem, device: DeviceProfile): number {
  const n = network.size;
  const [, neuron, multiply] = device.kind === 'cpu' ? PROCESSOR : REGISTERS;
  const passes = design.kind === 'gradient' ? METRIC_PASSES : BASE_PASSES;
  const [first, second, third] = energy.coefficients.map((c) => (c === 0 ? 0 : 1));
  const own = design.kind === 'gradient' ? first + second + third : design.kind === 'matrix' ? 1 : 0;
  const matrix = design.kind === 'adaptive-polar' ? MATRIX * n ** 3 + 500 : 0;
  const multiplyAdds = (1 + own) * Math.max(n, multiplications(network));
  const nanoseconds = neuron * n * passes + multiply * multiplyAdds + matrix;
  if (device.pace) return nanoseconds * device.pace.registers;
  return device.kind === 'cpu' || device.software ? nanoseconds : nanoseconds * HARDWARE_SHARE;
}
