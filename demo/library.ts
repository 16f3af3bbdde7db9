/** All that the page takes from memscape. Nothing else in demo/ imports from src/. */
export {
  CpuBackend,
  createPlan,
  Evaluator,
  LiveField,
  loadAlgebra,
  MemscapeError,
  openGpu,
  readModel,
  resolveProblem,
  Simulator,
  type Algebra,
  type GpuBackend,
  type Grid,
  type LiveResult,
  type Problem,
  type Quantity,
} from '../src/index.js';
export { fixedPointsFrom, gridSeeds, type FixedPointClass } from '../src/analysis/index.js';
