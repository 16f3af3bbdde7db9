/**
 * The model file (interface.md): JSON in, a checked Model out, or a MemscapeError that says where, what was expected
 * and what was found. Runs in browsers and in Node; how files beside the model are read is given by the caller.
 */
import { quote, refuse } from '../model/check.js';
import { createNetwork } from '../model/network.js';
import { readVector } from './array.js';
import { readDynamics, readEnergy } from './choices.js';
import { hashModel } from './hash.js';
import { parseJson } from './json.js';
import { readLayers } from './layers.js';
import { readFields, readName, type Resolve } from './read.js';
import { arrayOpener } from './stored.js';
import { readWeights } from './weights.js';
import type { Model } from '../types.js';

export type { Resolve } from './read.js';

const MODEL_FORMAT = 'memscape-model/1';

/**
 * Reads and checks a model file. Nothing is solved here, so a page can name what is wrong with a model before it loads
 * linear algebra: eigenvalues, square roots and designs wait for `resolveProblem`. Patterns under the rule
 * `pseudo-inverse` are the exception, as W does not exist without their row space.
 * @param json the text of a model file, or its value already parsed.
 * @param resolve bytes of a file that the model names, by its relative path; without it files are refused.
 * @param options `name`: the name of a model that gives none itself; `model` where it is absent.
 * @returns the model: defaults filled in, W symmetrised where it is symmetric up to rounding.
 * @throws MemscapeError only: exit code 2 for the model, 3 for a file that is missing or damaged.
 */
export async function readModel(
  json: unknown,
  resolve: Resolve = refuseFiles,
  { name: fallback = 'model' }: { name?: string } = {},
): Promise<Model> {
  const value = typeof json === 'string' ? parseJson(json) : json;
  const keys = ['format', 'name', 'layers', 'weights', 'bias', 'dynamics', 'energy'];
  const fields = readFields(value, '', keys, ['format', 'layers', 'weights']);
  const format = fields.get('format');
  if (format !== MODEL_FORMAT) {
    const other = typeof format === 'string' && format.startsWith('memscape-model/');
    refuse({
      code: 'model-format',
      path: 'format',
      expected: `"${MODEL_FORMAT}"`,
      found: typeof format === 'string' ? quote(format) : typeof format,
      why: other
        ? 'this version of memscape reads version 1 of the format only.'
        : 'it tells model files from other files.',
      mend: other
        ? 'use another version of memscape, or convert the file'
        : `write "format": "${MODEL_FORMAT}"`,
    });
  }
  const name = fields.has('name') ? readName(fields.get('name'), 'name') : fallback;
  const layers = readLayers(fields.get('layers'));
  const size = layers.reduce((sum, layer) => sum + layer.size, 0);
  const open = arrayOpener(resolve);
  const dynamics = await readDynamics(optional(fields, 'dynamics'), size, open);
  const energy = readEnergy(optional(fields, 'energy'), dynamics, layers);
  const { weights, patterns, stored, notices } = await readWeights(fields.get('weights'), layers, open);
  const bias = await readVector(fields.has('bias') ? fields.get('bias') : 0, 'bias', size, open);
  const { network, notices: checked } = createNetwork({ layers, weights, patterns, bias });
  const hash = await hashModel(network, dynamics, energy, stored);
  return { name, network, dynamics, energy, notices: [...notices, ...checked], hash };
}

/** The value of a key, {} where it is absent; null is a value, and a wrong one. */
function optional(fields: ReadonlyMap<string, unknown>, key: string): unknown {
  return fields.has(key) ? fields.get(key) : {};
}

function refuseFiles(path: string): never {
  return refuse({
    code: 'model-file',
    path: quote(path),
    expected: 'numbers in the model itself',
    found: 'the name of a file',
    why: 'files beside a model cannot be read here.',
    mend: 'put the numbers into the JSON, or open the model with the command line',
  });
}
