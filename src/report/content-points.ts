/** The table of fixed points, with how sure it is. */
import type { Report, ReportPoint } from './data.js';
import {
  badge,
  glyph,
  paragraph,
  strong,
  type Block,
  type Inline,
  type Line,
  type Section,
  type Pictures,
} from './document.js';
import { boxWords, classWords, count, number, plural, spectrumWords, vector } from './words.js';

/** The fixed-point section. */
export function pointSection(report: Report, { images }: Pictures): Section {
  const { points, outcome } = report;
  const blocks: Block[] = [paragraph(...sureness(report))];
  if (points.length > 0) blocks.push(table(report, images), paragraph(...changes(report)));
  else if (outcome !== 'not-searched') blocks.push(paragraph('No fixed point was found.'));
  return { id: 'fixed-points', title: 'Fixed points', blocks };
}

function sureness({
  complete,
  how,
  method,
  outcome,
  starts,
  unseenMass,
  outcomes,
  settings,
  neurons,
}: Report): Line {
  if (outcome === 'not-searched')
    return [badge('caution', 'not searched'), ` ${how}. Left out says how to get them.`];
  const where = `${count(starts)} starts in ${boxWords(settings.box, neurons)}, of which ${count(outcomes.converged)} converged`;
  if (complete)
    return [
      badge('certified', method === 'census' ? 'census' : 'proved'),
      ` None is missing: ${how}. Hits are counted over ${where}.`,
    ];
  return [
    badge('caution', 'search'),
    ` ${how.charAt(0).toUpperCase()}${how.slice(1)}: ${where}. Outcome: ${outcome}; estimated share of the box that leads to unseen points: ${number(unseenMass, 2)}.`,
  ];
}

const kindOf = ({ falseMemory, class: kind }: ReportPoint) => (falseMemory ? 'false-memory' : kind);

function table({ points, energy, network, neurons, dynamics }: Report, images: Pictures['images']): Block {
  const residual = points.reduce((most, p) => (p.falseMemory ? most : Math.max(most, p.residual)), 0);
  return {
    kind: 'table',
    caption: plural(points.length, 'point'),
    note: `|r| ≤ ${number(residual, 2)} at every fixed point, in f64; spectrum of eq. ${String(dynamics.equation)} with R = ${dynamics.R}; on range H: of eq. 1 (Prop. 4)`,
    columns: [
      { title: '' },
      { title: 'class' },
      ...(images.size > 0 ? [{ title: 'image' }] : []),
      { title: 'state' },
      { title: 'alive' },
      { title: 'dead dims', numeric: true },
      { title: 'spectrum' },
      { title: 'on range H' },
      { title: `E${String(energy.equation)}`, numeric: true },
      { title: '|r|', numeric: true },
      { title: '(12)' },
      { title: 'as a map' },
      { title: 'hits', numeric: true },
    ],
    rows: points.map((point) => [
      [glyph(kindOf(point)), ' ', strong(point.name)],
      classLine(point),
      ...(images.size > 0 ? [imageLine(point, images)] : []),
      [vector(point.state, 5, neurons <= 4 ? 4 : 2)],
      [aliveWords(point, network.layers, neurons)],
      [String(point.deadDimensions)],
      [spectrumWords(point.spectrum, 3)],
      [spectrumWords(point.restrictedSpectrum, 3)],
      [point.energy === null ? '—' : number(point.energy, 7)],
      [number(point.residual, 2)],
      [minimumWords(point)],
      [`${point.asMap.class} (${number(point.asMap.modulus, 3)})`],
      [count(point.hits)],
    ]),
  };
}

function classLine({ falseMemory, class: kind, continuum }: ReportPoint): Line {
  const line: Inline[] = [falseMemory ? 'false memory' : classWords[kind]];
  if (falseMemory && kind !== 'undecided') line.push(`, ${kind}`);
  if (continuum) line.push(` (one of a continuum, dimension ${String(continuum.dimension)})`);
  return line;
}

function imageLine({ name }: ReportPoint, images: Pictures['images']): Line {
  const uri = images.get(name);
  return uri === undefined ? [''] : [{ kind: 'image', uri, words: `image of ${name}` }];
}

const minimumWords = ({ minimum }: ReportPoint) =>
  minimum === null ? '—' : { yes: 'minimum', no: 'no', 'below-rounding': 'undecided' }[minimum.verdict];

/** Who is alive: names where they are few, else how many. `alive` of a reduced network counts what matters. */
function aliveWords({ alive }: ReportPoint, layers: Report['network']['layers'], neurons: number): string {
  const living = alive.filter(Boolean).length;
  if (living === alive.length) return 'all';
  if (living === 0) return 'none';
  if (alive.length !== neurons || neurons > 8) return `${String(living)} of ${String(alive.length)}`;
  const all = layers.flatMap(({ name, size }) =>
    Array.from({ length: size }, (_, i) => `${name}[${String(i)}]`),
  );
  return all.filter((_, i) => alive[i]).join(', ');
}

/** What the chosen R does to the memories of eq. 1. */
function changes({ memories: { kept, lost, added }, points, dynamics }: Report): Line {
  const named = (indices: readonly number[]) => indices.map((k) => points[k].name).join(', ');
  const parts = [
    kept.length > 0 ? `keeps ${named(kept)}` : 'keeps no memory',
    lost.length > 0 ? `loses ${named(lost)}` : 'loses none',
    added.length > 0 ? `adds ${named(added)}` : 'adds none',
  ];
  return [`Beside eq. 1, R = ${dynamics.R} ${parts.join(', ')}. Memory: a stable fixed point.`];
}
