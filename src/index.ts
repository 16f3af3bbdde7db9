/**
 * memscape: energy landscapes and dynamics of associative memories, on WebGPU and in f64.
 *
 * Equation numbers are those of V. Fanaskov and I. Oseledets, "Associative memory and dead neurons", ICLR 2025
 * (arXiv:2410.13866). This file names what is public and holds no logic.
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
export { Evaluator } from './model/evaluator.js';
export type { Lifted64 } from './model/lift.js';
export { loadAlgebra, type Algebra } from './model/algebra.js';
export { resolveProblem, type Design, type Energy, type Problem } from './model/problem.js';
export { readModel, type Resolve } from './io/model-file.js';
export { fixedPointsFrom, type FixedPoint } from './analysis/fixed-points.js';
export { findFixedPoints } from './analysis/find-fixed-points.js';
export type { ContinuumAt, FixedPointSearch, FoundPoint, SearchOutcome } from './analysis/find-run.js';
export type { Outcomes, SearchOptions } from './analysis/search.js';
export type { NewtonOutcome } from './analysis/newton.js';
export { gridSeeds } from './analysis/seeds.js';
export {
  deadBasis,
  hessianSpectrum,
  type DirectionKind,
  type HessianSpectrum,
} from './analysis/dead-directions.js';
export { stabilityAt, type Eigenvalue, type FixedPointClass, type Stability } from './analysis/stability.js';
export { trajectories, type LabelledTrajectory, type TrajectorySet } from './analysis/trajectories.js';
export { methods, type Exponential, type Method, type MethodName, type Tableau } from './flow/methods.js';
export type { FixedMethod, FlowOutput, ReachTask, StopSet } from './flow/task.js';
export { outcomes, type Outcome } from './flow/outcome.js';
export { fallVerdicts, type EnergyViolation, type Fall, type FallVerdict } from './flow/fall.js';
export { searchRises, type FallOptions, type FallReport } from './analysis/fall-search.js';
export { SliceVerdictSink, type SliceVerdict } from './analysis/slice-verdict.js';
export type { FlowOptions, Settle, Trajectory, Wake } from './flow/trajectory.js';
export { blindShare, sampledShare, type BlindOptions, type SampledShare } from './analysis/blind-spots.js';
export { boundedBelow, copositivity, type Boundedness, type Copositivity } from './analysis/bounded.js';
export type { Box, Watch } from './analysis/box.js';
export {
  certifyCondition,
  minimumAt,
  numericalAbscissa,
  rankLosses,
  type ConditionOptions,
  type ConditionReport,
  type ConditionVerdict,
  type MinimumReport,
  type RankReport,
} from './analysis/certificates.js';
export {
  deadNeuronsAt,
  flatDirection,
  type DeadReport,
  type FlatDirection,
  type FlatProbe,
  type FlatSet,
  type FlatVerdict,
} from './analysis/dead.js';
export { descendE4, type Descent, type DescentOutcome } from './analysis/descent.js';
export { compareDesigns, type CompareOptions } from './analysis/designs.js';
export type {
  CoefficientChoice,
  DesignComparison,
  DesignRow,
  ExaminedDesign,
  SharedPoint,
  UnavailableDesign,
} from './analysis/design-table.js';
export {
  biasExperiment,
  deadActivations,
  flatsExperiment,
  radiusExperiment,
  runExperiments,
  type BiasResult,
  type ExperimentOptions,
  type ExperimentReport,
  type FlatsResult,
  type RadiusResult,
} from './analysis/experiments.js';
export { energyFlats, type EnergyFlat, type FlatReason } from './analysis/energy-flats.js';
export { falseMemoryExamples, type FalseMemory } from './analysis/false-memory-examples.js';
export {
  flatRegions,
  mostRegionCells,
  type Drain,
  type DrainEnd,
  type DrainKind,
  type FlatRegion,
  type FlatRegions,
  type RegionOptions,
} from './analysis/flat-regions.js';
export { proofsOf, type Premise, type Proof } from './analysis/proofs.js';
export { byFlatRegion, recover, type Recovery, type RecoveryVerdict } from './analysis/recovery.js';
export {
  Refuter,
  type ConditionAt,
  type EnergyRise,
  type Refutation,
  type RefuterOptions,
} from './analysis/refuter.js';
export { settle, type Settled } from './analysis/settle.js';
export { census, stableCensus } from './analysis/census.js';
export type { Census, CensusOptions } from './analysis/census-all.js';
export type { StableCensus } from './analysis/census-stable.js';
export { censusSize, type CensusSize } from './analysis/census-size.js';
export type { CensusPoint, UndecidedPattern } from './analysis/census-collect.js';
export type { Continuum, ContinuumPiece, Interval } from './analysis/census-continua.js';
export { mapBasins, prepareBasins } from './basins/basins.js';
export type { Certificate, CertifiedEllipsoid } from './basins/ball.js';
export type { LabelCounts, Unlabelled } from './basins/labels.js';
export type { BasinMap, MapOptions, Refinement } from './basins/map-run.js';
export type { Attractor, BasinSystem, FlowChoice, KnownPoint } from './basins/system.js';
export { CpuBackend, type CpuOptions, type WorkerHandle } from './cpu/backend.js';
export type { FromWorker, ToWorker } from './cpu/serve.js';
export { openGpu, shareGpu, GpuBackend, type GpuOptions } from './gpu/device.js';
export { LiveField, type LiveResult } from './gpu/live.js';
export { RecoveringBackend, type OpenBackend, type RecoveryOptions } from './recovery/backend.js';
export type { DevicePace, DeviceProfile } from './plan/device.js';
export { createPlan, type AnyPlan, type FlowPlan, type Plan, type Request, type Tile } from './plan/plan.js';
export { compose, type Kernel, type KernelSpec } from './wgsl/compose.js';
export type { Plane } from './wgsl/planes.js';
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
} from './simulator.js';
