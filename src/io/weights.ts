/** `weights` of a model file, W[to][from], in all its forms, as blocks that do not overlap or as stored patterns. */
import { chooseFrom, describe, finiteNumber, quote, refuse } from '../model/check.js';
import { MAX_BLOCKS, MAX_DENSE } from '../model/network.js';
import { gaussian, goe } from '../model/random.js';
import { readMatrix } from './array.js';
import type { StoredPatterns } from './hash.js';
import { readPatterns } from './patterns.js';
import { has, readArray, readFields, readInteger, readOneOf } from './read.js';
import type { OpenArray } from './stored.js';
import type { Layer, Matrix, PatternTerm, WeightBlock } from '../types.js';

/** W as `createNetwork` takes it. */
interface GivenWeights {
  readonly weights: WeightBlock[];
  readonly patterns: readonly PatternTerm[];
  /** What the terms were made of. */
  readonly stored?: StoredPatterns;
  readonly notices: readonly string[];
}

type Form = (
  value: unknown,
  layers: readonly Layer[],
  size: number,
  open: OpenArray,
) => WeightBlock[] | Promise<WeightBlock[]>;

const dense = (matrix: Matrix): WeightBlock[] => [{ row: 0, column: 0, matrix }];

async function readDense(
  value: unknown,
  _layers: readonly Layer[],
  size: number,
  open: OpenArray,
): Promise<WeightBlock[]> {
  const meaning = `W[to][from] has a row and a column for each of the ${String(size)} neurons`;
  return dense(await readMatrix(value, 'weights', { rows: size, columns: size, meaning }, open));
}

/** The object forms that give blocks, by the key that tells them apart. */
const forms: Readonly<Record<string, Form>> = {
  file: readDense,
  blocks: readBlocks,
  random: readRandom,
};

/** W with its sizes and numbers checked against the layers. */
export async function readWeights(
  value: unknown,
  layers: readonly Layer[],
  open: OpenArray,
): Promise<GivenWeights> {
  const size = layers.reduce((sum, layer) => sum + layer.size, 0);
  const form = Array.isArray(value) ? 'file' : Object.keys(forms).find((name) => has(value, name));
  if (form !== undefined)
    return { weights: await forms[form](value, layers, size, open), patterns: [], notices: [] };
  if (has(value, 'patterns')) return { weights: [], ...(await readPatterns(value, size, open)) };
  const names = [...Object.keys(forms), 'patterns'];
  const word = typeof value === 'object' && value !== null ? Object.keys(value)[0] : undefined;
  return refuse({
    code: word === undefined ? 'model-type' : 'model-key',
    path: 'weights',
    expected: `an array of rows, or an object with one of the keys ${names.join(', ')}`,
    found: describe(value),
    why: 'W is given as numbers, in a file, by blocks between layers or at random.',
    mend: chooseFrom(word, names),
  });
}

function readRandom(value: unknown, _layers: readonly Layer[], size: number): WeightBlock[] {
  const fields = readFields(value, 'weights', ['random', 'seed', 'scale'], ['random', 'seed']);
  const why = 'goe is symmetric, gaussian is not.';
  const kind = readOneOf(fields.get('random'), 'weights.random', ['goe', 'gaussian'], why);
  const seedWhy = 'the same seed gives the same W everywhere.';
  const seed = readInteger(fields.get('seed'), 'weights.seed', 0, Number.MAX_SAFE_INTEGER, seedWhy);
  const scale = finiteNumber(fields.has('scale') ? fields.get('scale') : 1, 'weights.scale', 'a number >= 0');
  if (scale < 0 || size > MAX_DENSE) {
    refuse({
      code: 'model-size',
      path: scale < 0 ? 'weights.scale' : 'weights.random',
      expected: scale < 0 ? 'a number >= 0' : `at most ${String(MAX_DENSE)} neurons`,
      found: String(scale < 0 ? scale : size),
      why: scale < 0 ? 'it is a standard deviation.' : 'the dense W would take more than 512 MiB.',
      mend: scale < 0 ? 'leave out the sign' : 'choose smaller layers, or give W by blocks',
    });
  }
  return dense((kind === 'goe' ? goe : gaussian)(size, seed, scale));
}

async function readBlocks(
  value: unknown,
  layers: readonly Layer[],
  _size: number,
  open: OpenArray,
): Promise<WeightBlock[]> {
  const given = readArray(
    readFields(value, 'weights', ['blocks'], ['blocks']).get('blocks'),
    'weights.blocks',
    'blocks',
  );
  if (given.length > MAX_BLOCKS / 2) {
    refuse({
      code: 'model-size',
      path: 'weights.blocks',
      expected: `at most ${String(MAX_BLOCKS / 2)} blocks`,
      found: String(given.length),
      why: 'every block costs the kernels a loop.',
      mend: 'join layers, or give W as one matrix',
    });
  }
  const blocks: WeightBlock[] = [];
  const owners = new Map<string, string>();
  for (const [index, item] of given.entries()) {
    const path = `weights.blocks[${String(index)}]`;
    const fields = readFields(item, path, ['from', 'to', 'matrix', 'feedback'], ['from', 'to', 'matrix']);
    const from = readLayer(fields.get('from'), `${path}.from`, layers);
    const to = readLayer(fields.get('to'), `${path}.to`, layers);
    const place = async (source: Layer, target: Layer, key: 'matrix' | 'feedback', stored?: Matrix) => {
      claim(owners, source, target, `${path}.${key}`);
      const matrix =
        stored ?? (await readMatrix(fields.get(key), `${path}.${key}`, between(source, target), open));
      blocks.push({ row: target.offset, column: source.offset, matrix });
      return matrix;
    };
    const matrix = await place(from, to, 'matrix');
    const feedback = fields.has('feedback') ? fields.get('feedback') : 'none';
    if (typeof feedback !== 'string') await place(to, from, 'feedback');
    else {
      const why = 'feedback is the matrix of the way back: the same one transposed, none, or one of its own.';
      const choice = readOneOf(feedback, `${path}.feedback`, ['transpose', 'none'], why);
      if (choice === 'transpose') await place(to, from, 'feedback', transpose(matrix));
    }
  }
  return blocks;
}

const between = (from: Layer, to: Layer) => ({
  rows: to.size,
  columns: from.size,
  meaning: `a matrix from ${quote(from.name)} to ${quote(to.name)} is ${String(to.size)} x ${String(from.size)}: W[to][from]`,
});

function readLayer(value: unknown, path: string, layers: readonly Layer[]): Layer {
  const names = layers.map(({ name }) => name);
  return layers[names.indexOf(readOneOf(value, path, names, 'a block connects two layers by their names.'))];
}

/** Remembers that the block at `path` fills W[to][from]; a second one is refused. */
function claim(owners: Map<string, string>, from: Layer, to: Layer, path: string): void {
  const key = `${String(from.offset)} ${String(to.offset)}`;
  const owner = owners.get(key);
  if (owner !== undefined) {
    refuse({
      code: 'model-overlap',
      path,
      expected: `the only matrix from ${quote(from.name)} to ${quote(to.name)}`,
      found: `a second one; ${owner} is there already`,
      why: 'whether to add or to replace would be a guess.',
      mend:
        from === to
          ? 'a layer onto itself needs no feedback: give the whole matrix'
          : 'give one of them, or their sum',
    });
  }
  owners.set(key, path);
}

function transpose({ rows, columns, data }: Matrix): Matrix {
  const out = new Float64Array(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = data[i * columns + j];
  return { rows: columns, columns: rows, data: out };
}
