/** What a page must load to run kernels on a GPU it has; weighed by `npm run size`, not a test. */
export { compose, createPlan, openGpu, resolveProblem } from '../../src/index.js';
