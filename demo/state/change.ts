/** From one state to the next. Pure: what a control does is one of these functions. */
import { activationRow, type Equation } from '../library.js';
import type { DesignSetting, EnergySetting, LayerSetting, State } from './state.js';

const replaced = <T>(list: readonly T[], at: number, value: T): T[] =>
  list.map((old, k) => (k === at ? value : old));

/** Another network, seen as the reader sees this one: colours, views and layers are the reader's, not the network's. */
export const dressedAs = (state: State, { map, layout, shown }: State): State => ({
  ...state,
  map,
  layout,
  shown: { ...shown, nullclines: shown.nullclines && state.bias.length === 2 },
});

/** W[to][from], and W[from][to] with it where W is tied. */
export function setWeight(state: State, to: number, from: number, value: number): State {
  const set = (rows: State['weights'], i: number, j: number) =>
    replaced(rows, i, replaced(rows[i], j, value));
  const weights = set(state.weights, to, from);
  return { ...state, weights: state.tied ? set(weights, from, to) : weights };
}

export const setBias = (state: State, neuron: number, value: number): State => ({
  ...state,
  bias: replaced(state.bias, neuron, value),
});

/** Ties the entries of W to their twins: W becomes its symmetric part. */
export function setTied(state: State, tied: boolean): State {
  const { weights } = state;
  if (!tied) return { ...state, tied };
  return {
    ...state,
    tied,
    weights: weights.map((row, i) => row.map((w, j) => (w === weights[j][i] ? w : (w + weights[j][i]) / 2))),
  };
}

/** Parameters that a model file gets which gives none. */
export function defaults(activation: string): Record<string, number> {
  const { parameters } = activationRow(activation);
  return Object.fromEntries(Object.entries(parameters).map(([name, { default: value }]) => [name, value]));
}

const setLayer = (state: State, layer: number, change: Partial<LayerSetting>): State => ({
  ...state,
  layers: replaced(state.layers, layer, { ...state.layers[layer], ...change }),
});

export const setActivation = (state: State, layer: number, activation: string): State =>
  setLayer(state, layer, { activation, parameters: defaults(activation) });

export const setParameter = (state: State, layer: number, name: string, value: number): State =>
  setLayer(state, layer, { parameters: { ...state.layers[layer].parameters, [name]: value } });

/** The energy under question: eq. 4, which of the state u of eq. 9 is the second term of eq. 10. */
export const questioned = (equation: Equation): EnergySetting =>
  equation === 9 ? { equation: 10, coefficients: [0, 1, 0] } : { equation: 4 };

/** The energy that answers, with coefficients that the library chooses. */
export const answering = (equation: Equation): EnergySetting => ({ equation: equation === 9 ? 10 : 14 });

/** Eqs. 1 and 13 have the state y, eq. 9 has u: energies do not go along from one to the other. */
export function setEquation(state: State, equation: Equation): State {
  const same = (state.equation === 9) === (equation === 9);
  return {
    ...state,
    equation,
    design: equation === 1 ? 'identity' : state.design,
    left: same ? state.left : questioned(equation),
    right: same ? state.right : answering(equation),
  };
}

/** R belongs to eqs. 9 and 13; eq. 1 with an R is eq. 13. */
export const setDesign = (state: State, design: DesignSetting): State => ({
  ...state,
  design,
  equation: state.equation === 1 && design !== 'identity' ? 13 : state.equation,
});

/** One entry of an R that is given as numbers; another R stays as it is. */
export function setDesignEntry(state: State, row: number, column: number, value: number): State {
  const { design } = state;
  if (typeof design === 'string' || !('matrix' in design)) return state;
  const matrix = replaced(design.matrix, row, replaced(design.matrix[row], column, value));
  return { ...state, design: { matrix } };
}

export const setEnergy = (state: State, side: 'left' | 'right', energy: EnergySetting): State => ({
  ...state,
  [side]: energy,
});
