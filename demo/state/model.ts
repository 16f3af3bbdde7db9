/** Between a state and a model file: the library reads and checks networks, wherever they come from. */
import { MemscapeError, type Model, type Network } from '../library.js';
import { answering, questioned } from './change.js';
import {
  FIRST,
  MOST_NEURONS,
  neuronPlane,
  type DesignSetting,
  type EnergySetting,
  type LayerSetting,
  type State,
} from './state.js';

/** The model file of one column, as a value. */
export function modelOf(state: State, side: 'left' | 'right'): object {
  const { equation, design } = state;
  // The left column moves without R: (1) itself, or (9) with R = I.
  const plain = side === 'left' || design === 'identity';
  const own = plain ? (equation === 9 ? 9 : 1) : equation;
  return {
    format: 'memscape-model/1',
    name: state.name,
    layers: state.layers.map(({ name, size, activation, parameters }) => ({
      name,
      size,
      activation: { name: activation, ...parameters },
    })),
    weights: state.weights,
    bias: state.bias,
    dynamics: { equation: own, ...(plain ? {} : { R: design }) },
    energy: state[side],
  };
}

/** W with every entry, as rows. */
function rowsOf({ size, weights, patterns }: Network): number[][] {
  const rows = Array.from({ length: size }, () => Array.from({ length: size }, () => 0));
  for (const { row, column, matrix } of weights)
    for (let i = 0; i < matrix.rows; i++)
      for (let j = 0; j < matrix.columns; j++)
        rows[row + i][column + j] += matrix.data[i * matrix.columns + j];
  for (const { factor, scale } of patterns)
    for (let k = 0; k < factor.rows; k++)
      for (let i = 0; i < size; i++)
        for (let j = 0; j < size; j++)
          rows[i][j] += scale * factor.data[k * size + i] * factor.data[k * size + j];
  return rows;
}

/** The settings of a model file; its view is the page's, to be fitted. */
export function stateOf(model: Model): State {
  const { network } = model;
  checkSize(network.size);
  const { equation } = model.dynamics;
  const given = energyOf(model);
  // Eqs. 4 and 5 have no coefficients to choose: they are energies under question.
  const isQuestion = given.equation === 4 || given.equation === 5;
  return {
    ...FIRST,
    name: model.name,
    layers: network.layers.map(({ name, size, activation }): LayerSetting => ({
      name,
      size,
      activation: activation.name,
      parameters: activation.parameters,
    })),
    weights: rowsOf(network),
    bias: [...network.bias],
    tied: network.symmetric,
    equation,
    design: designOf(model),
    left: isQuestion ? given : questioned(equation),
    right: isQuestion ? answering(equation) : given,
    plane: neuronPlane(network.size, 0, 1),
  };
}

function checkSize(size: number): void {
  if (size <= MOST_NEURONS) return;
  throw new MemscapeError({
    code: 'page-size',
    what: `layers: expected 1 to ${String(MOST_NEURONS)} neurons, found ${String(size)}`,
    why: 'fields of this page are computed for every frame, and its link carries every weight.',
    mend: 'draw this network with the command line: memscape field MODEL --quantity energy',
    exitCode: 2,
  });
}

function designOf({ dynamics: { design } }: Model): DesignSetting {
  const rows = ({ rows: count, columns, data }: { rows: number; columns: number; data: Float64Array }) =>
    Array.from({ length: count }, (_, i) => [...data.subarray(i * columns, (i + 1) * columns)]);
  switch (design.name) {
    case 'spectral':
      return { spectral: design.function };
    case 'sylvester':
      return { sylvester: design.matrix === 'identity' ? 'identity' : rows(design.matrix) };
    case 'matrix':
      return { matrix: rows(design.matrix) };
    default:
      return design.name;
  }
}

const energyOf = ({ energy: { equation, coefficients } }: Model): EnergySetting =>
  coefficients === 'default' || equation === 4 || equation === 5 ? { equation } : { equation, coefficients };
