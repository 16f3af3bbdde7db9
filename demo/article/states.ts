/**
 * The networks of the ten figures: for each, the state of the explorer that its handle stands for. Pure. A picture, its
 * words and its link are of one of these states, so that what is seen is what opens.
 */
import type { Coefficients } from '../library.js';
import { defaults } from '../state/change.js';
import { FIRST, neuronPlane, type LayerSetting, type Point, type State } from '../state/state.js';

const layer = (name: string, size: number, activation: string, parameters = {}): LayerSetting => ({
  name,
  size,
  activation,
  parameters: { ...defaults(activation), ...parameters },
});

/** A state whose clock stands at the end of its path: nothing points at a moment of it. */
const at = (state: State, half: number, start: Point, centre: Point = [0, 0]): State => ({
  ...state,
  box: { centre, half },
  start,
  cursor: { at: start },
});

/** Equation 1: two neurons that hold each other down, let go at a place. */
export const settling = (start: Point): State => at(FIRST, 2.5, start);

/** Equations 2 to 4: the same weights, and neurons of slope `a` below zero. */
export const dying = (a: number): State => ({
  ...at(FIRST, 2.7, [-1.9, -0.8]),
  name: 'winner-take-all, leaky',
  layers: [layer('x', 2, 'leaky-relu', { a })],
});

/** Proposition 1: neuron 1 at its memory, neuron 2 wherever it is put. */
export const standing = (y2: number): State => at(FIRST, 3.3, [1, y2]);

/** Proposition 2: the bias of neuron 2, which is dead along the path, moved by c. */
export const shifted = (c: number): State => ({
  ...at(FIRST, 2, [2.2, -1.6], [0.9, -0.9]),
  name: 'winner-take-all, shifted',
  bias: [1, 1 + c],
});

/** Proposition 4: a start on the floor y1 = 1, and the weight between the neurons. */
export const draining = (w: number): State => ({
  ...at(FIRST, 2.7, [1, -1.5]),
  name: 'two relu neurons',
  weights: [
    [0, w],
    [w, 0],
  ],
});

export const SHAPES = ['a', 'b', 'c'] as const;
export type Shape = (typeof SHAPES)[number];

/** Figure 2; the files of models/ hold the same networks. */
export function shaped(shape: Shape): State {
  if (shape === 'a')
    return {
      ...at(FIRST, 3, [-0.4, -1.9]),
      name: 'fig-2a',
      layers: [layer('saturating', 1, 'tanh'), layer('dead', 1, 'relu')],
      weights: [
        [2, 0],
        [0, 2],
      ],
      bias: [0, -1],
    };
  const one = { weights: [[0.5]], plane: neuronPlane(1, 0, 1) };
  return shape === 'b'
    ? {
        ...at(FIRST, 2.4, [2, 0]),
        ...one,
        name: 'fig-2b',
        layers: [layer('x', 1, 'shrink', { t: 1 })],
        bias: [0],
      }
    : { ...at(FIRST, 2.4, [1.8, 0]), ...one, name: 'fig-2c', layers: [layer('x', 1, 'relu')], bias: [-1] };
}

/** Neurons of the random networks of Proposition 3, as many as the explorer holds. */
export const NEURONS = 32;
/** Standard deviation of their weights, times sqrt(N): the largest eigenvalue is near twice as much. */
export const SCALE = 0.65;

/** Proposition 3: `dead` of the neurons are silenced by their bias. */
export const silenced = (weights: State['weights'], dead: number): State => ({
  ...at(FIRST, 4, [1, 1]),
  name: `${String(dead)} of ${String(NEURONS)} neurons dead`,
  layers: [layer('x', NEURONS, 'relu')],
  weights,
  bias: Array.from({ length: NEURONS }, (_, k) => (k < NEURONS - dead ? 0.2 : -6)),
  plane: neuronPlane(NEURONS, 0, 1),
});

/** Section 4: E14 with b3 = 1, b1 = 0 and this much of E4, along a path that leaves the saddle. */
export const weighed = (b2: number): State => ({
  ...at(FIRST, 2.5, [0.48, 0.3]),
  right: { equation: 14, coefficients: [0, b2, 1] },
});

export const DESIGNS = ['identity', 'gradient', 'adaptive-polar', 'polar', 'weights'] as const;
export type Design = (typeof DESIGNS)[number];

const B1: Coefficients = [1, 0, 0];

/** Examples 5 and 6: a design of R, under an energy that it is proved for. */
export const designed = (design: Design): State => ({
  ...at(FIRST, 2, [-1.6, -1.1]),
  equation: design === 'identity' ? 1 : 13,
  design,
  right:
    design === 'polar' || design === 'weights'
      ? { equation: 14, coefficients: B1 }
      : { equation: 14, coefficients: 'certified' },
});

/** Bound of the slope of smu (equations.md, section 2): reached, so |H| is no smaller somewhere. */
export const SMU_SLOPE = 0.5 * (1.25 + 0.75 * (0.8427007929497149 + 2 / (Math.E * Math.sqrt(Math.PI))));

/** Examples 1 and 7: two layers, weights that are not each other's transpose, |W| |H| = `reach`. */
export const asymmetric = (reach: number): State => ({
  ...at(FIRST, 6, [-3, 3.4], [1.5, 1.2]),
  name: 'two layers without symmetry',
  layers: [layer('input', 1, 'smu', { a: 0.25, mu: 1 }), layer('output', 1, 'smu', { a: 0.25, mu: 1 })],
  weights: [
    [0, reach / SMU_SLOPE],
    [(0.8 * reach) / SMU_SLOPE, 0],
  ],
  bias: [-0.5, -0.5],
  tied: false,
  equation: 13,
  design: 'gradient',
  left: { equation: 14, coefficients: [0, 0, 1] },
  right: { equation: 14, coefficients: [0, 0, 1] },
});
