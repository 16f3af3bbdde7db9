/**
 * A value of unknown origin as a State, or a refusal with the path of what is wrong. Only what the page itself relies on
 * is checked here: types, shapes, finite numbers, names that the library knows. Whether R or an energy fits the network
 * is the library's to say, when it resolves the model.
 */
import { activationNames, activationRow, MemscapeError, type Coefficients } from '../library.js';
import {
  FIRST,
  MOST_NEURONS,
  type Box,
  type Cursor,
  type DesignSetting,
  type EnergySetting,
  type LayerSetting,
  type PlaneSetting,
  type Point,
  type Shown,
  type Sight,
  type State,
} from './state.js';

/** Numbers of models must fit f32. */
const LARGEST = 3.4028234663852886e38;
/** A view beyond this shows rounding, and below its inverse nothing else. */
const WIDEST = 1e6;
const PLAIN = /^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u;

function refuse(path: string, expected: string, found: unknown): never {
  const shown = JSON.stringify(found) as string | undefined;
  throw new MemscapeError({
    code: 'link-value',
    what: `${path} of the link: expected ${expected}, found ${shown === undefined ? 'nothing' : shown.slice(0, 80)}`,
    why: 'the link was not written by this page, or was changed on its way.',
    mend: 'copy the link again from where it was made, or go on with the network shown here.',
    exitCode: 3,
  });
}

/** The own properties of an object, whose keys are all known; a hostile `__proto__` is an unknown key. */
function fields(value: unknown, path: string, known: readonly string[]): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(path, 'an object', value);
  const found = new Map<string, unknown>(Object.entries(value));
  for (const key of found.keys())
    if (!known.includes(key)) refuse(`${path}.${key.slice(0, 40)}`, `one of ${known.join(', ')}`, key);
  return found;
}

function number(value: unknown, path: string, low = -LARGEST, high = LARGEST): number {
  if (typeof value === 'number' && value >= low && value <= high) return value;
  return refuse(
    path,
    low === -LARGEST ? 'a finite number' : `a number from ${String(low)} to ${String(high)}`,
    value,
  );
}

function text(value: unknown, path: string): string {
  return typeof value === 'string' && PLAIN.test(value) ? value : refuse(path, 'a short plain text', value);
}

function flag(value: unknown, path: string): boolean {
  return typeof value === 'boolean' ? value : refuse(path, 'true or false', value);
}

function oneOf<T>(value: unknown, path: string, choices: readonly T[]): T {
  return choices.find((choice) => choice === value) ?? refuse(path, `one of ${choices.join(', ')}`, value);
}

function list<T>(
  value: unknown,
  path: string,
  length: number,
  read: (item: unknown, path: string) => T,
): T[] {
  if (!Array.isArray(value) || value.length !== length)
    return refuse(path, `${String(length)} values`, value);
  return value.map((item: unknown, k) => read(item, `${path}[${String(k)}]`));
}

const vector = (value: unknown, path: string, size: number): number[] =>
  list(value, path, size, (item, place) => number(item, place));
const matrix = (value: unknown, path: string, size: number): number[][] =>
  list(value, path, size, (row, place) => vector(row, place, size));
const point = (value: unknown, path: string): Point => {
  const [a, b] = list(value, path, 2, (item, place) => number(item, place, -WIDEST, WIDEST));
  return [a, b];
};

function layer(value: unknown, path: string): LayerSetting {
  const found = fields(value, path, ['name', 'size', 'activation', 'parameters']);
  const activation = oneOf(found.get('activation'), `${path}.activation`, activationNames());
  const table = activationRow(activation).parameters;
  const given = fields(found.get('parameters'), `${path}.parameters`, Object.keys(table));
  const parameters = Object.entries(table).map(([name, { accepts, domain }]): [string, number] => {
    const place = `${path}.parameters.${name}`;
    const parameter = number(given.get(name), place);
    return [name, accepts(parameter) ? parameter : refuse(place, domain, parameter)];
  });
  const size = number(found.get('size'), `${path}.size`, 1, MOST_NEURONS);
  if (!Number.isInteger(size)) refuse(`${path}.size`, 'an integer', size);
  return {
    name: text(found.get('name'), `${path}.name`),
    size,
    activation,
    parameters: Object.fromEntries(parameters),
  };
}

function layersFrom(value: unknown): LayerSetting[] {
  const length = Array.isArray(value) ? Math.min(MOST_NEURONS, Math.max(1, value.length)) : 1;
  const layers = list(value, 'layers', length, layer);
  const size = layers.reduce((sum, { size: own }) => sum + own, 0);
  if (size > MOST_NEURONS) refuse('layers', `1 to ${String(MOST_NEURONS)} neurons`, size);
  return layers;
}

function design(value: unknown, size: number): DesignSetting {
  if (typeof value === 'string')
    return oneOf(value, 'design', ['identity', 'weights', 'polar', 'gradient', 'adaptive-polar']);
  const found = fields(value, 'design', ['spectral', 'sylvester', 'matrix']);
  const [key, given] = found.size === 1 ? [...found][0] : refuse('design', 'one key', [...found.keys()]);
  if (key === 'spectral') return { spectral: oneOf(given, 'design.spectral', ['linear', 'tanh', 'sign']) };
  if (key === 'matrix') return { matrix: matrix(given, 'design.matrix', size) };
  return { sylvester: given === 'identity' ? given : matrix(given, 'design.sylvester', size) };
}

function energy(value: unknown, path: string, equation: number): EnergySetting {
  const found = fields(value, path, ['equation', 'coefficients']);
  const own = oneOf(
    found.get('equation'),
    `${path}.equation`,
    equation === 9 ? [10 as const] : ([4, 5, 14] as const),
  );
  const given = found.get('coefficients');
  if (given === undefined) return { equation: own };
  if (own === 4 || own === 5) return refuse(`${path}.coefficients`, 'none with this energy', given);
  if (given === 'certified') return { equation: own, coefficients: given };
  const [a, b, c] = vector(given, `${path}.coefficients`, 3);
  const coefficients: Coefficients = [a, b, c];
  return { equation: own, coefficients };
}

function plane(value: unknown, size: number): PlaneSetting {
  const found = fields(value, 'plane', ['how', 'origin', 'axes']);
  const bounded = (item: unknown, path: string) =>
    list(item, path, size, (v, place) => number(v, place, -WIDEST, WIDEST));
  const [first, second] = list(found.get('axes'), 'plane.axes', 2, bounded);
  // One neuron has a line: its second axis is zero.
  const length = size === 1 ? 0 : 1;
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, v, k) => sum + v * b[k], 0);
  const off = Math.max(
    Math.abs(dot(first, first) - 1),
    Math.abs(dot(second, second) - length),
    Math.abs(dot(first, second)),
  );
  if (!(off <= 1e-6)) refuse('plane.axes', 'two orthonormal axes', [first, second]);
  return {
    how: text(found.get('how'), 'plane.how'),
    origin: bounded(found.get('origin'), 'plane.origin'),
    axes: [first, second],
  };
}

function box(value: unknown): Box {
  const found = fields(value, 'box', ['centre', 'half']);
  return {
    centre: point(found.get('centre'), 'box.centre'),
    half: number(found.get('half'), 'box.half', 1 / WIDEST, WIDEST),
  };
}

function cursor(value: unknown): Cursor {
  const found = fields(value, 'cursor', ['time', 'at']);
  if (found.has('at')) return { at: point(found.get('at'), 'cursor.at') };
  return { time: number(found.get('time'), 'cursor.time', 0, 1000) };
}

function shown(value: unknown): Shown {
  const keys = ['flow', 'isolines', 'points', 'hatch', 'nullclines', 'basins'] as const;
  const found = fields(value, 'shown', keys);
  // Links that are older than the last layers say nothing of them.
  const [flow, isolines, points, hatch, nullclines, basins] = keys.map((key, k) =>
    flag(found.get(key) ?? (k > 3 ? false : undefined), `shown.${key}`),
  );
  return { flow, isolines, points, hatch, nullclines, basins };
}

function sight(value: unknown): Sight {
  if (value === undefined) return FIRST.sight;
  const found = fields(value, 'sight', ['turn', 'tilt']);
  return {
    turn: number(found.get('turn'), 'sight.turn', -360, 360),
    tilt: number(found.get('tilt'), 'sight.tilt', 0, 90),
  };
}

/** @throws MemscapeError `link-value` (exit 3) at the first element that is not as it should be. */
export function readState(value: unknown): State {
  const keys = ['name', 'layers', 'weights', 'bias', 'tied', 'equation', 'design', 'left', 'right'];
  const view = ['plane', 'box', 'start', 'cursor', 'shown', 'layout', 'map', 'sight'];
  const found = fields(value, 'the state', [...keys, ...view]);
  const layers = layersFrom(found.get('layers'));
  const size = layers.reduce((sum, { size: own }) => sum + own, 0);
  const weights = matrix(found.get('weights'), 'weights', size);
  const tied = flag(found.get('tied'), 'tied');
  if (tied && weights.some((row, i) => row.some((w, j) => w !== weights[j][i])))
    refuse('tied', 'false, as W is not symmetric', tied);
  const equation = oneOf(found.get('equation'), 'equation', [1, 9, 13] as const);
  const own = design(found.get('design'), size);
  if (equation === 1 && own !== 'identity') refuse('design', 'identity with equation 1', own);
  return {
    name: text(found.get('name'), 'name'),
    layers,
    weights,
    bias: vector(found.get('bias'), 'bias', size),
    tied,
    equation,
    design: own,
    left: energy(found.get('left'), 'left', equation),
    right: energy(found.get('right'), 'right', equation),
    plane: plane(found.get('plane'), size),
    box: box(found.get('box')),
    start: point(found.get('start'), 'start'),
    cursor: cursor(found.get('cursor')),
    shown: shown(found.get('shown')),
    layout: oneOf(found.get('layout') ?? FIRST.layout, 'layout', ['two', 'four', 'surface'] as const),
    map: oneOf(found.get('map') ?? FIRST.map, 'map', ['tarn', 'cividis'] as const),
    sight: sight(found.get('sight')),
  };
}
