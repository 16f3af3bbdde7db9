/** `layers` of a model file: names, sizes and activations, the last from the table of activations alone. */
import { checkActivation, describe, refuse } from '../model/check.js';
import { activationNames, findActivation } from '../model/activation.js';
import { MAX_NEURONS, placeLayers } from '../model/network.js';
import { readArray, readFields, readInteger, readName } from './read.js';
import type { ActivationChoice, Layer } from '../types.js';

/** The layers in order; sizes are positive and sum to at most 65536, names are unique. */
export function readLayers(value: unknown): Layer[] {
  const given = readArray(value, 'layers', 'layers');
  return placeLayers(
    given.map((item, index) => {
      const path = `layers[${String(index)}]`;
      const fields = readFields(item, path, ['name', 'size', 'activation'], ['size', 'activation']);
      const why = `the size is the number of neurons; all layers together may have ${String(MAX_NEURONS)}.`;
      return {
        name: fields.has('name') ? readName(fields.get('name'), `${path}.name`) : `layer${String(index)}`,
        size: readInteger(fields.get('size'), `${path}.size`, 1, MAX_NEURONS, why),
        activation: readActivation(fields.get('activation'), `${path}.activation`),
      };
    }),
  );
}

/** A name, or `{ "name": .., parameter: value, .. }` with defaults for the parameters that are missing. */
function readActivation(value: unknown, path: string): ActivationChoice {
  if (typeof value === 'string') return checkActivation(value, new Map(), path);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse({
      code: 'model-type',
      path,
      expected: 'the name of an activation, or an object with "name" and parameters',
      found: describe(value),
      why: 'every layer has one activation function.',
      mend: `write e.g. "${activationNames()[0]}" or { "name": "tanh", "beta": 2 }`,
    });
  }
  const parameters = new Map<string, unknown>(Object.entries(value));
  if (!parameters.has('name')) readFields(value, path, [...parameters.keys(), 'name'], ['name']);
  const name = parameters.get('name');
  parameters.delete('name');
  const known = typeof name === 'string' && findActivation(name) !== undefined;
  return checkActivation(name, parameters, known ? path : `${path}.name`);
}
