import { expect, test } from 'vitest';
import { canaryPlan } from '../../src/gpu/canary.js';
import { compose } from '../../src/wgsl/compose.js';
import { backend } from '../gpu-backend.js';

test('the canary runs', () => {
  console.info(backend.info);
  console.info(compose(canaryPlan(backend.profile).spec).code);
  expect(backend.info.device).toBe('gpu');
});
