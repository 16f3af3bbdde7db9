/**
 * memscape: energy landscapes and dynamics of associative memories, on WebGPU and in f64.
 *
 * Equation numbers are those of V. Fanaskov and I. Oseledets, "Associative memory and dead neurons", ICLR 2025
 * (arXiv:2410.13866). This file names what is public and holds no logic; fixed points, stability, dead neurons,
 * certificates and trajectories are in `memscape/analysis`.
 * @packageDocumentation
 */
export type { Backend, BackendInfo, RunOptions, RunStatistics, TileResult } from './backend.js';
export { MemscapeError, type ExitCode, type MemscapeErrorParts } from './errors.js';
export type {
  ActivationChoice,
  Coefficients,
  DesignChoice,
  DynamicsChoice,
  EnergyChoice,
  EnergyEquation,
  Equation,
  Grid,
  Layer,
  Matrix,
  Model,
  Network,
  PatternTerm,
  Points,
  Quantity,
  Sampling,
  WeightBlock,
} from './types.js';
export {
  activationNames,
  activationRow,
  registerActivation,
  type Activation,
  type BaseRow,
  type BlockwiseRow,
  type Elementwise64,
  type ElementwiseRow,
  type Layer64,
  type Library64,
  type Parameter,
  type ParameterTable,
  type ParameterValues,
  type Step,
} from './model/activation.js';
export { createNetwork, type NetworkParts } from './model/network.js';
export { energiesFrom } from './model/energies-from.js';
export { Evaluator } from './model/evaluator.js';
export { layer64 } from './model/layer64.js';
export type { Lifted64 } from './model/lift.js';
export { loadAlgebra, type Algebra } from './model/algebra.js';
export { resolveProblem, type Design, type Energy, type Problem } from './model/problem.js';
export { readModel, type Resolve } from './io/model-file.js';
export { readNpy, type NpyArray, type NpyOptions } from './io/npy.js';
export { openSafetensors, type Safetensors, type SafetensorsOptions, type Tensor } from './io/safetensors.js';
export type { Tolerance } from './flow/control.js';
export type { AdvanceOutput, AdvanceTask, FixedMethod, FlowOutput, ReachTask, StopSet } from './flow/task.js';
export { mapBasins, prepareBasins } from './basins/basins.js';
export type { Certificate, CertifiedEllipsoid } from './basins/ball.js';
export { LABEL, type LabelCounts, type Unlabelled } from './basins/labels.js';
export type { BasinMap, MapOptions, Refinement } from './basins/map-run.js';
export {
  basinFractions,
  boundaryMeasures,
  compareMaps,
  fatalShock,
  innerBounds,
  prepareIterates,
  shareProved,
  shocksOnSlice,
} from './basins/measures.js';
export type { BasinEntropy, UncertaintyExponent } from './basins/boundary.js';
export type { Comparison, SharedAttractor } from './basins/comparison.js';
export type { Estimate } from './basins/estimate.js';
export type { BasinFractions, FractionOptions } from './basins/fractions.js';
export type { EnergyWell, LyapunovEllipsoid } from './basins/inner.js';
export type { SpectralPoint } from './basins/iterate.js';
export type { Interruptible } from './basins/pieces.js';
export type { InnerBounds, ProvedShare } from './basins/proved.js';
export type { FatalShock, ShockOptions, SliceShock } from './basins/shock.js';
export type { Attractor, BasinSystem, FlowChoice, KnownPoint } from './basins/system.js';
export { CpuBackend, type CpuOptions, type WorkerHandle } from './cpu/backend.js';
export type { FromWorker, ToWorker } from './cpu/serve.js';
export { openGpu, shareGpu, GpuBackend, type GpuOptions } from './gpu/device.js';
export { LiveField, type LiveResult } from './gpu/live.js';
export { RecoveringBackend, type OpenBackend, type RecoveryOptions } from './recovery/backend.js';
export type { DevicePace, DeviceProfile } from './plan/device.js';
export {
  cpuOnly,
  createPlan,
  type AdvancePlan,
  type AnyPlan,
  type FlowPlan,
  type Plan,
  type Request,
  type Tile,
} from './plan/plan.js';
export { compose, type Kernel, type KernelSpec } from './wgsl/compose.js';
export type { Plane } from './wgsl/planes.js';
export type { Fragment } from './wgsl/functions.js';
export { prepareReference } from './wgsl/prepare-reference.js';
export type { Reference } from './wgsl/reference.js';
export type { MatrixBinding, NumberStyle } from './wgsl/numbers.js';
export type { FieldCheck } from './stream/check.js';
export type { StreamPart, TileSink } from './stream/sink.js';
export {
  Simulator,
  type Computation,
  type SimulatorOptions,
  type EvaluateRequest,
  type Evaluation,
  type Field,
  type FieldFacts,
  type Trajectories,
  type TrajectoriesRequest,
} from './simulator.js';
export type { Integrated, IntegrationOptions } from './analysis/integrate.js';
