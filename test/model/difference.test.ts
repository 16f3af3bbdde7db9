/** The f64 twin of energy differences against fixed-point arithmetic: offsets of 1e-9 lose no more digits than those of 1. */
import { expect, test } from 'vitest';
import { MemscapeError } from '../../src/errors.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { Differences } from '../../src/model/difference.js';
import { layerDifference, type Change } from '../../src/model/difference-layers.js';
import { expm1Rest, log1pRest, dilogRest, softplusRest } from '../../src/model/difference-remainders.js';
import { Evaluator } from '../../src/model/evaluator.js';
import { stateAt } from '../../src/model/sampling.js';
import { prepareReference } from '../../src/wgsl/prepare-reference.js';
import { ACTIVATIONS, boxAround, centred, CENTRES, ENERGIES, exactField } from '../difference-cases.js';
import { random, randomProblem } from '../random-model.js';

const algebra = await loadAlgebra();

test.each(ACTIVATIONS)('%s', async (activation) => {
  for (const [e, energy] of ENERGIES.entries())
    for (const [w, width] of [1e-2, 1e-5, 1e-9, 2].entries()) {
      const centre = CENTRES[(e + w) % CENTRES.length];
      const { problem, state } = await centred(
        activation,
        energy,
        e % 2 === 0 ? 2 : 5,
        centre,
        width,
        40 * e + w,
      );
      const differences = new Differences(problem, state, algebra);
      // Offsets from the origin: a state of f64 could not hold them.
      const box = boxAround(state, width, 3, random(e + w));
      const offsets = { ...box, origin: new Float64Array(state.length) };
      const { values, range } = exactField(problem, box);
      const d = new Float64Array(state.length);
      values.forEach((value, at) => {
        stateAt(offsets, at % 3, Math.floor(at / 3), d);
        const found = differences.value(d);
        // At fixed points the rounding of r, 1e-16, times the offset is all that is left of first order.
        // A kink of eq. 9 is where W u + b is rounded to.
        const allowed = 1e-12 * range + 1e-14 * width + (energy.equation === 9 ? 1e-15 : 0);
        expect(Math.abs(found - value), `${energy.name}, ${centre}, ${String(width)}`).toBeLessThanOrEqual(
          allowed,
        );
      });
    }
});

test('the gradient is that of the evaluator', async () => {
  for (const energy of ENERGIES) {
    const { problem, state } = await centred('softplus', energy, 5, 'random', 1, 9);
    const differences = new Differences(problem, state, algebra);
    const evaluator = new Evaluator(problem, algebra);
    evaluator.moveTo(state);
    expect(differences.energy).toBe(evaluator.energy());
    differences.gradient.forEach((value, i) => {
      expect(value).toBeCloseTo(-evaluator.metricTimesResidual()[i], 12);
    });
  }
});

test.each(ACTIVATIONS)(
  '%s: boxes however wide are those of the evaluator, and take no longer',
  async (activation) => {
    for (const [e, energy] of ENERGIES.entries())
      for (const [w, width] of [30, 300, 2000, 1e5, 1e12].entries())
        for (const centre of CENTRES) {
          const seed = 40 * e + w + 7;
          const { problem, state } = await centred(activation, energy, e % 2 === 0 ? 2 : 5, centre, 1, seed);
          // So deep in saturation that its share of the slope is below every number.
          if (w % 2 === 0) state[0] -= 900;
          const differences = new Differences(problem, state, algebra);
          const evaluator = new Evaluator(problem, algebra);
          const at = (y: Float64Array) => {
            evaluator.moveTo(y);
            return evaluator.energy();
          };
          const d = random(seed);
          const energies = [at(state)];
          const errors: number[] = [];
          for (let k = 0; k < 8; k++) {
            const offset = state.map(() => d.uniform(-width, width));
            const there = at(state.map((y, i) => y + offset[i]));
            energies.push(there);
            errors.push(Math.abs(differences.value(offset) - (there - energies[0])));
          }
          // Energies of f64 are sums of terms of the states' size, which may cancel; so do the squares of two kinks.
          const allowed =
            1e-11 * Math.max(...energies.map(Math.abs)) +
            1e-12 * Math.max(width, ...state.map(Math.abs)) +
            (activation === 'hard-tanh' ? 4e-16 * width * width : 0);
          expect(Math.max(...errors), `${energy.name}, ${centre}, ${String(width)}`).toBeLessThanOrEqual(
            allowed,
          );
        }
  },
);

test('a saturated softmax keeps its rest finite right up to where exponentials end', () => {
  const layer = { name: 'x', size: 2, offset: 0, activation: { name: 'softmax', parameters: { beta: 1 } } };
  const difference = layerDifference(layer, Float64Array.of(5, 0));
  const share = 1 / (1 + Math.exp(5));
  for (const offset of [-1e3, -8e4, -1.0445e5, -1.05e5, -1e6]) {
    const out: Change = {
      g: new Float64Array(2),
      rest: new Float64Array(2),
      gSize: new Float64Array(2),
      restSize: new Float64Array(2),
      ...{ lagrangian: 0, moment: 0, lagrangianSize: 0, momentSize: 0 },
    };
    difference?.change(Float64Array.of(0, offset), Float64Array.of(0, -offset), out);
    // All of the second neuron's share goes to the first.
    const slope = share * (1 - share);
    expect(out.g[0] / share).toBeCloseTo(1, 12);
    expect(out.rest[1] / (-share - slope * offset)).toBeCloseTo(1, 12);
    expect(out.lagrangian / (Math.log1p(-share) - share * offset)).toBeCloseTo(1, 12);
    expect(out.moment / -Math.log1p(-share)).toBeCloseTo(1, 6);
  }
});

const LOGIT = Math.log(0.3 / 0.7);

test('remainders join where series end', () => {
  for (const w of [1, -1]) expect(expm1Rest(w * (1 + 1e-15)) / expm1Rest(w)).toBeCloseTo(1, 13);
  for (const v of [1, -0.5]) expect(log1pRest(v * (1 + 1e-15)) / log1pRest(v)).toBeCloseTo(1, 13);
  expect(softplusRest(1 + 1e-15, 0.3, LOGIT) / softplusRest(1, 0.3, LOGIT)).toBeCloseTo(1, 13);
  expect(softplusRest(700 + 1e-9, 0.3, LOGIT) / softplusRest(700, 0.3, LOGIT)).toBeCloseTo(1, 11);
  // Across the seam of two panels, and where panels end.
  for (const w of [1, 8, -8]) {
    const slope = (dilogRest(w + 1e-5, 0.3, LOGIT) - dilogRest(w - 1e-5, 0.3, LOGIT)) / 2e-5;
    expect(slope).toBeCloseTo(softplusRest(w, 0.3, LOGIT), 8);
  }
  expect(2e18 * expm1Rest(1e-9)).toBeCloseTo(1, 8);
});

test.each(['gelu', 'silu', 'elu', 'layer-norm'])('%s is refused in words', async (activation) => {
  const recipe = { equation: 1, design: 'identity', energy: 4, thirdAlone: false, size: 2, seed: 1 } as const;
  const problem = await randomProblem({ ...recipe, activation });
  const refusal = await prepareReference(problem, new Float64Array(2)).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(MemscapeError);
  expect(refusal).toMatchObject({ code: 'reference-activation', exitCode: 2 });
  expect((refusal as MemscapeError).what).toContain(`'${activation}'`);
});

test('a reference of another network is refused', async () => {
  const { problem } = await centred('relu', ENERGIES[0], 2, 'random', 1, 1);
  await expect(prepareReference(problem, new Float64Array(3))).rejects.toMatchObject({
    code: 'reference-state',
  });
  await expect(prepareReference(problem, Float64Array.of(0, NaN))).rejects.toMatchObject({
    code: 'reference-state',
  });
});
