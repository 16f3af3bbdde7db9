/**
 * The numbers of models/mlp-state-dict.safetensors: what `torch.nn.Sequential(Linear(4, 6), ReLU(), Linear(6, 3))` would
 * hold, drawn as PyTorch initialises it (uniform, here with a gain of 3), by Philox with a seed. They are ours, and so
 * is the file.
 */
import { randomStream } from '../../src/model/random.js';
import { f32, writeSafetensors } from './safetensors-kit.js';

const GAIN = 3;
const [INPUTS, HIDDEN, OUTPUTS] = [4, 6, 3];

/** The bytes of the file. */
export function stateDict(seed = 8): Uint8Array {
  const { uniform } = randomStream(seed);
  let next = 0;
  const draw = (count: number, fanIn: number) =>
    Array.from({ length: count }, () => Math.fround((GAIN * (2 * uniform(next++) - 1)) / Math.sqrt(fanIn)));
  const weight1 = draw(HIDDEN * INPUTS, INPUTS);
  const bias1 = draw(HIDDEN, INPUTS);
  const weight2 = draw(OUTPUTS * HIDDEN, HIDDEN);
  const bias2 = draw(OUTPUTS, HIDDEN);
  return writeSafetensors(
    {
      '0.weight': f32([HIDDEN, INPUTS], weight1),
      '0.bias': f32([HIDDEN], bias1),
      '2.weight': f32([OUTPUTS, HIDDEN], weight2),
      '2.bias': f32([OUTPUTS], bias2),
      // One number for each neuron of memscape: the inputs have none of their own.
      bias: f32([INPUTS + HIDDEN + OUTPUTS], [0, 0, 0, 0, ...bias1, ...bias2]),
    },
    { format: 'pt' },
  );
}
