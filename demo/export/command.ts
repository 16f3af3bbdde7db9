/**
 * The command line of a view: a shell text that writes the model file and computes the same arrays from it. Numbers are
 * written with all their digits, so that the command computes the very states of the export.
 */
import type { Grid, Reference } from '../library.js';
import { neuronsOf } from '../state/state.js';

export interface CommandParts {
  /** The model file as a value. */
  readonly model: object;
  readonly name: string;
  readonly grid: Grid;
  /** What the grid lies around, in a deep box. */
  readonly reference?: Reference | undefined;
  readonly quantities: readonly string[];
  readonly device: 'auto' | 'cpu';
}

/** Letters of a file's name that every system takes. */
export const fileName = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|-+$/g, '')
    .slice(0, 60) || 'network';

const numbers = (values: ArrayLike<number>): string => Array.from(values, String).join(',');

/** Unit vectors by their names, other axes by their numbers. */
function axesText({ axes }: Grid): string {
  if (axes.length === 1) return 'e0';
  const [first, second] = axes;
  const neurons = neuronsOf({ axes: [[...first], [...second]] });
  return neurons ? neurons.map((k) => `e${String(k)}`).join(',') : `'${axes.map(numbers).join(';')}'`;
}

/** The flags of `memscape field` for a slice. */
function sliceFlags(grid: Grid, reference: Reference | undefined): string[] {
  const { origin, extent, size } = grid;
  const middle = reference ? `--reference=${numbers(reference.state)}` : `--origin=${numbers(origin)}`;
  return [
    ...(reference || origin.some((v) => v !== 0) ? [middle] : []),
    `--axes=${axesText(grid)}`,
    `--extent=${extent.map((range) => range.map(String).join(':')).join(',')}`,
    `--size=${size.map(String).join('x')}`,
  ];
}

/** A text for a POSIX shell. The model is one line of JSON, which no line of its own can end early. */
export function commandOf({ model, name, grid, reference, quantities, device }: CommandParts): string {
  const file = `${name}.json`;
  const flags = [
    `--quantity=${quantities.join(',')}`,
    ...sliceFlags(grid, reference),
    ...(device === 'auto' ? [] : [`--device=${device}`]),
    `--out=${name}`,
  ];
  return [
    `cat > ${file} <<'END'`,
    JSON.stringify(model),
    'END',
    `npx memscape field ${file} \\`,
    ...flags.map((flag, k) => `  ${flag}${k < flags.length - 1 ? ' \\' : ''}`),
  ].join('\n');
}
