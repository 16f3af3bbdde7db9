/** The model section: equations, layers, W and b, and what was checked of them. */
import type { LayerFacts, Report } from './data.js';
import { badge, type Block, type Line, type Section } from './document.js';
import { DYNAMICS, ENERGIES } from './formulas.js';
import { count, number, vector } from './words.js';

/** The model section. */
export function modelSection(report: Report): Section {
  const { network, dynamics, energy, checks, neurons } = report;
  return {
    id: 'model',
    title: 'Model',
    blocks: [
      { kind: 'formula', ...DYNAMICS[dynamics.equation] },
      { kind: 'formula', ...ENERGIES[energy.equation] },
      { kind: 'terms', rows: terms(report) },
      ...layerTable(network.layers),
      ...matrix(network.weights),
      {
        kind: 'table',
        caption: 'Checks',
        note: `of the ${count(neurons)}-neuron network, before anything is computed`,
        columns: [{ title: 'condition' }, { title: 'holds' }, { title: 'found' }, { title: 'what it means' }],
        rows: checks.map(({ name, holds, found, means }) => [
          [name],
          [holds ? badge('certified', 'yes') : badge('caution', 'no')],
          [found],
          [means],
        ]),
      },
    ],
  };
}

function terms({ network, dynamics, energy, neurons, dimensions }: Report): (readonly [string, Line])[] {
  const { norm, normIsBound, rank, eigenvalues, symmetric, bias } = network;
  const size = norm === null ? '|W| not computed' : `|W| ${normIsBound ? '≤' : '='} ${number(norm, 6)}`;
  const spectrum = eigenvalues ? `, eigenvalues in [${eigenvalues.map((v) => number(v, 6)).join(', ')}]` : '';
  const ranks = rank === null ? '' : `, rank ${String(rank)} (singular values above 10⁻¹² of the largest)`;
  const range = `between ${number(bias.least, 6)} and ${number(bias.greatest, 6)}`;
  const reduced: (readonly [string, Line])[] =
    dimensions < neurons
      ? [
          [
            'Dimensions',
            [
              `${count(dimensions)} of ${count(neurons)}: on the others, identity neurons, nothing acts; one of them is kept as a witness. Spectra lose multiplicity only.`,
            ],
          ],
        ]
      : [];
  return [
    ['Dynamics', [`eq. ${String(dynamics.equation)} with R = ${dynamics.R}`]],
    [
      'Energy',
      [`eq. ${String(energy.equation)}, coefficients ${vector(energy.coefficients, 6)}: ${energy.why}`],
    ],
    ['W', [`${symmetric ? 'symmetric' : 'not symmetric'}, ${size}${spectrum}${ranks}`]],
    ['b', [bias.values ? vector(bias.values, 6, 8) : range]],
    ...reduced,
  ];
}

function layerTable(layers: readonly LayerFacts[]): Block[] {
  const parameters = (of: LayerFacts['parameters']) =>
    Object.entries(of)
      .map(([name, value]) => `${name} = ${number(value, 6)}`)
      .join(', ');
  return [
    {
      kind: 'table',
      caption: 'Layers',
      columns: [
        { title: 'name' },
        { title: 'neurons', numeric: true },
        { title: 'activation' },
        { title: 'H ≥ 0' },
        { title: 'sup H', numeric: true },
      ],
      rows: layers.map((layer) => [
        [layer.name],
        [count(layer.size)],
        [
          `${layer.activation}${Object.keys(layer.parameters).length > 0 ? ` (${parameters(layer.parameters)})` : ''}`,
        ],
        [layer.convex ? 'yes' : 'no'],
        [layer.supHessian === null ? 'none' : number(layer.supHessian, 6)],
      ]),
    },
  ];
}

/** W entry by entry, where it is small. */
function matrix(weights: Report['network']['weights']): Block[] {
  if (!weights) return [];
  return [
    {
      kind: 'table',
      caption: 'W',
      note: 'W[to][from]',
      columns: [{ title: '' }, ...weights.map((_, j) => ({ title: String(j), numeric: true }))],
      rows: weights.map((line, i) => [[String(i)], ...line.map((v): Line => [number(v, 5)])]),
    },
  ];
}
