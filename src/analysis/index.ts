/**
 * memscape/analysis: what there is to know about a network beside its fields. Fixed points and their stability,
 * trajectories, dead neurons and flat regions, certificates and refutations, the census of piecewise linear networks:
 * all in f64, over a `Problem`, an `Evaluator` and an `Algebra` of the main entry.
 * @packageDocumentation
 */
export { fixedPointsFrom, type FixedPoint } from './fixed-points.js';
export { findFixedPoints } from './find-fixed-points.js';
export type { ContinuumAt, FixedPointSearch, FoundPoint, SearchOutcome } from './find-run.js';
export type { Outcomes, Presolver, SearchOptions } from './search.js';
export type { NewtonOutcome } from './newton.js';
export { gridSeeds } from './seeds.js';
export { deadBasis, hessianSpectrum, type DirectionKind, type HessianSpectrum } from './dead-directions.js';
export { stabilityAt, type Eigenvalue, type FixedPointClass, type Stability } from './stability.js';
export type { JobOptions } from './jobs.js';
export {
  trajectories,
  type LabelledTrajectory,
  type TrajectoryRecord,
  type TrajectorySet,
} from './trajectories.js';
export { methods, type Exponential, type Method, type MethodName, type Tableau } from '../flow/methods.js';
export { outcomes, type Outcome } from '../flow/outcome.js';
export { fallVerdicts, type EnergyViolation, type Fall, type FallVerdict } from '../flow/fall.js';
export { searchRises, type FallOptions, type FallReport } from './fall-search.js';
export { SliceVerdictSink, type SliceVerdict } from './slice-verdict.js';
export type { FlowOptions, Settle, Trajectory, Wake } from '../flow/trajectory.js';
export { blindShare, sampledShare, type BlindOptions, type SampledShare } from './blind-spots.js';
export { boundedBelow, copositivity, type Boundedness, type Copositivity } from './bounded.js';
export type { Box, Watch } from './box.js';
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
} from './certificates.js';
export {
  deadNeuronsAt,
  flatDirection,
  type DeadReport,
  type FlatDirection,
  type FlatProbe,
  type FlatSet,
  type FlatVerdict,
} from './dead.js';
export { descendE4, type Descent, type DescentOutcome } from './descent.js';
export { compareDesigns, type CompareOptions } from './designs.js';
export type {
  CoefficientChoice,
  DesignComparison,
  DesignRow,
  ExaminedDesign,
  SharedPoint,
  UnavailableDesign,
} from './design-table.js';
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
} from './experiments.js';
export { energyFlats, type EnergyFlat, type FlatReason } from './energy-flats.js';
export { falseMemoryExamples, type FalseMemory } from './false-memory-examples.js';
export {
  flatRegions,
  mostRegionCells,
  type Drain,
  type DrainEnd,
  type DrainKind,
  type FlatRegion,
  type FlatRegions,
  type RegionOptions,
} from './flat-regions.js';
export { proofsOf, type Premise, type Proof } from './proofs.js';
export { byFlatRegion, recover, type Recovery, type RecoveryVerdict } from './recovery.js';
export {
  Refuter,
  type ConditionAt,
  type EnergyRise,
  type Refutation,
  type RefuterOptions,
} from './refuter.js';
export { settle, type Settled } from './settle.js';
export { census, stableCensus } from './census.js';
export type { Census, CensusOptions } from './census-all.js';
export type { StableCensus } from './census-stable.js';
export { censusSize, type CensusSize } from './census-size.js';
export type { CensusPoint, UndecidedPattern } from './census-collect.js';
export type { Continuum, ContinuumPiece, Interval } from './census-continua.js';
