import { MemscapeError } from '../../src/errors.js';
import { readModel } from '../../src/io/model-file.js';
import type { Resolve } from '../../src/io/model-file.js';

/** The winner-take-all model, with some keys replaced (undefined removes one). */
export function winner(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const model: Record<string, unknown> = {
    format: 'memscape-model/1',
    layers: [{ name: 'x', size: 2, activation: 'relu' }],
    weights: [
      [0, -1.5],
      [-1.5, 0],
    ],
    bias: [1, 1],
    ...changes,
  };
  return Object.fromEntries(Object.entries(model).filter(([, value]) => value !== undefined));
}

/** The MemscapeError that reading gives; anything else fails the test. */
export async function refusal(json: unknown, resolve?: Resolve): Promise<MemscapeError> {
  try {
    await readModel(json, resolve);
  } catch (error) {
    if (error instanceof MemscapeError) return error;
    throw error;
  }
  throw new Error('was accepted');
}
