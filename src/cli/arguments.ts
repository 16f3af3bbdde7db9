/** Texts of the command line as values. Everything here throws usage errors (exit 2) and nothing else. */
import { chooseFrom, quote } from '../model/check.js';
import { isSeed } from '../model/random.js';
import type { DeviceChoice } from '../node.js';
import type { Quantity } from '../types.js';
import { usageError } from './usage.js';

/** Every quantity of the contract with a line of help; `newton-end` is a means, no result. */
const QUANTITIES: Readonly<Record<Exclude<Quantity, 'newton-end'>, string>> = {
  energy: 'the chosen energy',
  residual: '|r|',
  speed: '|R r|',
  rhs: 'R r, an N-vector',
  'energy-gradient': 'gradient of the energy, an N-vector',
  'energy-rate': 'dE/dt along the flow',
  'dead-count': 'number of dead neurons',
  'alive-mask': '1 per neuron, 0 where it is dead',
  certificate: 'least eigenvalue of sym(M^T R)',
  'blind-spot': '1 where the energy is flat although the state moves',
};

/** The list of quantities under the help of a command. */
export function quantityHelp(): string {
  const lines = Object.entries(QUANTITIES).map(([name, words]) => `  ${name.padEnd(17)}${words}`);
  return `\nQuantities:\n${lines.join('\n')}`;
}

const isQuantity = (name: string): name is Quantity => Object.hasOwn(QUANTITIES, name);

/** `energy,rhs`, each once. */
export function readQuantities(text: string): Quantity[] {
  const names = text.split(',').map((name) => name.trim());
  const found = names.map((name) => {
    if (isQuantity(name)) return name;
    throw usageError(
      `--quantity: ${quote(name)} is not a quantity`,
      'only what interface.md lists can be computed at a state.',
      chooseFrom(name, Object.keys(QUANTITIES)),
    );
  });
  return [...new Set(found)];
}

const DEVICES: readonly DeviceChoice[] = ['auto', 'gpu', 'cpu'];

export function readDevice(text: string): DeviceChoice {
  const found = DEVICES.find((name) => name === text);
  if (found !== undefined) return found;
  throw usageError(
    `--device: ${quote(text)} is not a device`,
    'it says where to compute.',
    chooseFrom(text, DEVICES),
  );
}

export function readSeed(text: string): number {
  const seed = /^\d+$/.test(text) ? Number(text) : NaN;
  if (isSeed(seed)) return seed;
  throw usageError(
    `--seed: expected a whole number from 0 to 2^53 - 1, found ${quote(text)}`,
    'the same seed gives the same random numbers.',
    'give for example --seed 1',
  );
}

const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;

/** A plain decimal number, or undefined. */
export function plainNumber(text: string): number | undefined {
  return NUMBER.test(text.trim()) ? Number(text) : undefined;
}

/** `-2:2,-1:3`: one range for each axis. */
export function readExtent(text: string): [number, number][] {
  const ranges = text.split(',').map((part): [number, number] => {
    const ends = part.split(':').map(plainNumber);
    const [lo, hi] = ends;
    if (
      ends.length === 2 &&
      lo !== undefined &&
      hi !== undefined &&
      Number.isFinite(Math.fround(hi - lo)) &&
      lo < hi
    )
      return [lo, hi];
    throw usageError(
      `--extent: expected lo:hi with lo < hi, found ${quote(part)}`,
      'it is the range of one axis of the slice.',
      'give one range for each axis, for example --extent -2:2,-2:2',
    );
  });
  return atMostThree(ranges, '--extent');
}

/** `-4:4`: the range of every component of a start. */
export function readBox(text: string): [number, number] {
  const [range, ...more] = text.split(',');
  const [lo, hi, ...rest] = range.split(':').map(plainNumber);
  if (
    more.length + rest.length === 0 &&
    lo !== undefined &&
    hi !== undefined &&
    Number.isFinite(hi - lo) &&
    lo < hi
  )
    return [lo, hi];
  throw usageError(
    `--box: expected lo:hi with lo < hi, found ${quote(text)}`,
    'every component of a start is drawn from it.',
    'give for example --box -4:4',
  );
}

const MAX_STARTS = 2 ** 24;

export function readStarts(text: string): number {
  const starts = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (starts >= 1 && starts <= MAX_STARTS) return starts;
  throw usageError(
    `--starts: expected a whole number from 1 to ${String(MAX_STARTS)}, found ${quote(text)}`,
    'it is the number of searches.',
    'give for example --starts 4096',
  );
}

/** Largest number of samples along one axis: integers up to here are exact in f32. */
const MAX_SAMPLES = 2 ** 24;

/** `1024x1024`: samples along each axis. */
export function readSize(text: string): number[] {
  const sizes = text.split(/[x×]/).map((part) => {
    const size = /^\d{1,9}$/.test(part) ? Number(part) : 0;
    if (size >= 1 && size <= MAX_SAMPLES) return size;
    throw usageError(
      `--size: expected whole numbers from 1 to ${String(MAX_SAMPLES)} joined by x, found ${quote(text)}`,
      'it counts the samples along each axis.',
      'give one for each axis, for example --size 1024x1024',
    );
  });
  return atMostThree(sizes, '--size');
}

function atMostThree<T>(parts: T[], option: string): T[] {
  if (parts.length <= 3) return parts;
  throw usageError(
    `${option}: found ${String(parts.length)} axes`,
    'a slice has one, two or three.',
    `give at most three parts to ${option}`,
  );
}

/** One value for every axis: the list as it is, or its only element repeated. */
export function spread<T>(values: readonly T[], axes: number, option: string): T[] {
  if (values.length === axes) return [...values];
  if (values.length === 1) return Array.from({ length: axes }, () => values[0]);
  throw usageError(
    `${option}: found ${String(values.length)} parts for ${String(axes)} ${axes === 1 ? 'axis' : 'axes'}`,
    'every axis of the slice needs one.',
    `give ${String(axes)}, or one for all`,
  );
}
