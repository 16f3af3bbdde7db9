/**
 * Reports: everything about one network, on one page. `collect` computes, `reportOf` adds who computed it, and the writers
 * turn the plain data into files.
 */
import { renderSvg } from '../figure/render.js';
import type { Figure } from '../figure/picture.js';
import { literal } from '../figures/words.js';
import type { ImageChoice } from '../figures/images.js';
import { documentOf } from './content.js';
import type { Findings, Origin, Report } from './data.js';
import { CITATION, factsOf, methodsOf } from './facts.js';
import { htmlOf } from './html.js';
import { pointImages } from './images.js';
import { markdownOf } from './markdown.js';

export { collect } from './collect.js';
export type { Report } from './data.js';
export type { Wishes } from './effort.js';
export { memoryChanges, plainPoint } from './points.js';

/** A report of findings, with its sentences. */
export function reportOf<O extends Origin>(findings: Findings, provenance: O): Report & { provenance: O } {
  return {
    format: 'memscape-report/1',
    ...findings,
    facts: factsOf(findings),
    methods: methodsOf(findings, provenance),
    citation: CITATION,
    provenance,
  };
}

/** The files of a report, by name; the JSON file last, so that a folder with it is complete. */
export function filesOf(
  report: Report,
  figures: readonly Figure[],
  images?: ImageChoice,
): ReadonlyMap<string, string> {
  const both: Figure = {
    title: literal(report.model),
    panels: [figures.flatMap(({ panels }) => panels.flat())],
    caption: `The slice is ${report.landscape.chosen}.`,
    honesty: report.landscape.panels.map(({ words }) => words).join(' | '),
  };
  const document = documentOf(report, {
    svgs: figures.map((figure) => renderSvg(figure)),
    file: FIGURE,
    images: pointImages(report.points, images),
  });
  return new Map([
    [FIGURE, renderSvg(both)],
    ['report.md', markdownOf(document)],
    ['report.html', htmlOf(document)],
    ['report.json', `${JSON.stringify(report, null, 2)}\n`],
  ]);
}

const FIGURE = 'landscape.svg';
/** Names of the files of a report. */
export const FILES: readonly string[] = [FIGURE, 'report.md', 'report.html', 'report.json'];
