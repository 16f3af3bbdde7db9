/**
 * The networks of the paper's figures, as model files have them. They are the same as the files of the same name in
 * models/ (a test compares them), and are repeated here because a page and an installed command line have no files.
 */
import { readModel } from '../io/model-file.js';
import { resolveProblem, type Problem } from '../model/problem.js';

const format = 'memscape-model/1';

/** Two ReLU neurons that inhibit each other (equations.md section 3, Fig. 1). */
const winnerTakeAll = {
  format,
  layers: [{ name: 'x', size: 2, activation: 'relu' }],
  weights: [
    [0, -1.5],
    [-1.5, 0],
  ],
  bias: [1, 1],
};

/** The model files that the paper's figures are computed from, by name. */
export const PAPER_MODELS = {
  'winner-take-all-krotov-hopfield': {
    ...winnerTakeAll,
    name: 'winner-take-all-krotov-hopfield',
    dynamics: { equation: 1 },
    energy: { equation: 4 },
  },
  'winner-take-all': {
    ...winnerTakeAll,
    name: 'winner-take-all',
    dynamics: { equation: 13, R: 'gradient' },
    energy: { equation: 14, coefficients: 'certified' },
  },
  'fig-2a': {
    format,
    name: 'fig-2a',
    layers: [
      { name: 'saturating', size: 1, activation: 'tanh' },
      { name: 'dead', size: 1, activation: 'relu' },
    ],
    weights: [
      [2, 0],
      [0, 2],
    ],
    bias: [0, -1],
    dynamics: { equation: 1 },
    energy: { equation: 4 },
  },
  'fig-2b': {
    format,
    name: 'fig-2b',
    layers: [{ name: 'x', size: 1, activation: { name: 'shrink', t: 1 } }],
    weights: [[0.5]],
    bias: [0],
    dynamics: { equation: 1 },
    energy: { equation: 4 },
  },
  'fig-2c': {
    format,
    name: 'fig-2c',
    layers: [{ name: 'x', size: 1, activation: 'relu' }],
    weights: [[0.5]],
    bias: [-1],
    dynamics: { equation: 1 },
    energy: { equation: 4 },
  },
} as const;

export type PaperModel = keyof typeof PAPER_MODELS;

/** One of these networks, resolved; `change` replaces whole top-level keys, as a variant of the model file would. */
export async function paperProblem(
  name: PaperModel,
  change: Readonly<Record<string, unknown>> = {},
): Promise<Problem> {
  return await resolveProblem(await readModel({ ...PAPER_MODELS[name], ...change }));
}
