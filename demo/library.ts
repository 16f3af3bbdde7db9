/** All that the page takes from memscape. Nothing else in demo/ imports from src/. */
export {
  CpuBackend,
  LiveField,
  MemscapeError,
  openGpu,
  readModel,
  resolveProblem,
  Simulator,
  type BackendInfo,
  type GpuBackend,
  type Grid,
  type LiveResult,
  type Problem,
  type Quantity,
} from '../src/index.js';
export { fixedPointsFrom, gridSeeds, type FixedPoint, type FixedPointClass } from '../src/analysis/fixed-points.js';
export { Evaluator } from '../src/model/evaluator.js';
export { loadAlgebra, type Algebra } from '../src/model/algebra.js';
