/** The report in its order: what is seen first, then why, then how it was computed. */
import { plainText } from '../figure/text.js';
import { certificateSection } from './content-certificates.js';
import { deadSection } from './content-dead.js';
import { designSection } from './content-designs.js';
import { modelSection } from './content-model.js';
import { pointSection } from './content-points.js';
import type { Report } from './data.js';
import {
  badge,
  code,
  paragraph,
  strong,
  type Block,
  type Line,
  type Pictures,
  type ReportDocument,
  type Section,
} from './document.js';
import { plural, vector } from './words.js';

/** A report as sections of words. */
export function documentOf(report: Report, pictures: Pictures): ReportDocument {
  return {
    title: report.model,
    subtitle: subtitle(report),
    sections: [
      { id: 'summary', title: '', blocks: [{ kind: 'facts', facts: report.facts }, ...notices(report)] },
      landscapeSection(report, pictures),
      pointSection(report, pictures),
      modelSection(report),
      deadSection(report),
      certificateSection(report),
      designSection(report),
      leftOutSection(report),
      methodSection(report),
    ],
    footer: footer(report),
  };
}

function subtitle({ neurons, network, dynamics, energy }: Report): Line {
  const kinds = [...new Set(network.layers.map(({ activation }) => activation))].join(', ');
  const layers = network.layers.length > 1 ? ` in ${String(network.layers.length)} layers` : '';
  const coefficients =
    energy.equation === 4 || energy.equation === 5 ? '' : ` ${vector(energy.coefficients, 4)}`;
  return [
    `${plural(neurons, 'neuron')}${layers} (${kinds}). Dynamics: eq. ${String(dynamics.equation)}, R = ${dynamics.R}. Energy: eq. ${String(energy.equation)}${coefficients}${energy.certified ? ', certified' : ''}.`,
  ];
}

const notices = ({ notices: all }: Report): Block[] =>
  all.map((notice) => paragraph(badge('caution', 'notice'), ` ${notice}`));

const ROLES = { question: 'The energy in question', answer: 'The energy that answers' } as const;

function landscapeSection({ landscape, network }: Report, { svgs, file }: Pictures): Section {
  const figures = landscape.panels.map(({ title, role, verdict, blindSamples, words }, k) => ({
    svg: svgs[k] ?? '',
    caption: [
      strong(`${network.symmetric ? `${ROLES[role]}: ` : ''}${plainText(title)}.`),
      ` ${sentence(verdict)}${blindSamples > 0 ? ` Counted at ${plural(blindSamples, 'sample')}` : ''} · ${plainText(words)}.`,
    ],
  }));
  const why = network.symmetric
    ? ''
    : ' E4 is not drawn beside it: W is not symmetric, so that E4 is no energy here.';
  return {
    id: 'landscape',
    title: 'Landscape',
    blocks: [
      {
        kind: 'figures',
        figures,
        file,
        words: landscape.panels.map(({ title }) => plainText(title)).join('; '),
      },
      paragraph(
        `The slice is ${landscape.chosen}. Hatched: flat although the state moves. Disc: memory; half diamond: saddle; ring: unstable; ?: undecided.${why}`,
      ),
    ],
  };
}

const sentence = (words: string) => `${words.charAt(0).toUpperCase()}${plainText(words.slice(1))}.`;

function leftOutSection({ omissions }: Report): Section {
  return {
    id: 'left-out',
    title: 'Left out',
    blocks:
      omissions.length === 0
        ? [paragraph('Nothing was left out.')]
        : [
            {
              kind: 'list',
              items: omissions.map(({ what, why, mend }) => [strong(what), `: ${why} To get it: ${mend}.`]),
            },
          ],
  };
}

function methodSection({ methods, citation, provenance, computation }: Report): Section {
  const { tolerances } = provenance;
  const notes = computation.notes.map((note): readonly [string, Line] => ['Note', [note]]);
  return {
    id: 'method',
    title: 'Method',
    blocks: [
      paragraph(methods),
      {
        kind: 'terms',
        rows: [
          ['Reproduce', [code(provenance.command)]],
          [
            'Tolerances',
            [
              Object.entries(tolerances)
                .map(([name, words]) => `${spaced(name)}: ${words}`)
                .join('; '),
            ],
          ],
          ...notes,
          ['Cite', [citation]],
        ],
      },
    ],
  };
}

/** `sameFixedPoint` as words. */
const spaced = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function footer({ provenance, hash }: Report): Line {
  return [`memscape ${provenance.version} · ${provenance.computedBy.name} · model SHA-256 ${hash}`];
}
