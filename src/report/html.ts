/**
 * A document as one page: no script, no other file, nothing fetched (its own policy forbids it). Every text becomes markup
 * in `escaped`, and nowhere else; only figures and formulas, which this program has made, go in as they are.
 */
import { escapeXml } from '../figure/svg.js';
import type { Fact } from './data.js';
import type { Block, Glyph, Inline, Line, ReportDocument, Section, Table } from './document.js';
import { styles } from './style.js';

/** Text that shows as it is: no markup, and no signs that turn the direction of what follows. */
const escaped = (text: string): string =>
  escapeXml(text.replace(/[\u{200B}-\u{200F}\u{202A}-\u{202E}\u{2066}-\u{2069}\u{FEFF}]/gu, '\u{FFFD}'));

function tag(
  name: string,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly string[]
): string {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  return `<${name}${list.join('')}>${children.join('')}</${name}>`;
}

/** The shapes of the figures, in the colour of the text. */
const GLYPHS: Readonly<Record<Glyph, string>> = {
  stable: '<circle r="5.5" fill="currentColor"/>',
  saddle:
    '<path d="M0-7 7 0 0 7-7 0Z" fill="none" stroke="currentColor" stroke-width="1.4"/><path d="M0-7 7 0H-7Z" fill="currentColor"/>',
  unstable: '<circle r="5" fill="none" stroke="currentColor" stroke-width="2.4"/>',
  undecided:
    '<circle r="6.3" fill="none" stroke="currentColor" stroke-width="1.3" stroke-dasharray="2.6 2"/><text y="3.4" font-size="9.5" font-weight="bold" text-anchor="middle" fill="currentColor">?</text>',
  'false-memory': '<path d="M-5-5H5V5H-5ZM-5 5 5-5" fill="none" stroke="currentColor" stroke-width="1.5"/>',
};

const BADGE_SIGN = { certified: '✓ ', blind: '', caution: '', plain: '' } as const;

function inline(piece: Inline): string {
  if (typeof piece === 'string') return escaped(piece);
  switch (piece.kind) {
    case 'strong':
    case 'code':
      return tag(piece.kind, {}, escaped(piece.text));
    case 'badge':
      return tag('span', { class: `badge ${piece.tone}` }, escaped(BADGE_SIGN[piece.tone] + piece.text));
    case 'glyph':
      return `<svg class="glyph" viewBox="-8 -8 16 16" aria-hidden="true">${GLYPHS[piece.glyph]}</svg>`;
    case 'image':
      return `<img src="${escaped(piece.uri)}" alt="${escaped(piece.words)}">`;
  }
}

const line = (pieces: Line): string => pieces.map(inline).join('');

function factBox({ value, words, tone }: Fact): string {
  return tag(
    'div',
    { class: tone },
    tag('strong', value.length > 9 ? { class: 'long' } : {}, escaped(value)),
    tag('span', {}, escaped(words)),
  );
}

function table({ caption, note, columns, rows, marked }: Table): string {
  const head = columns.map(({ title, numeric }) =>
    tag('th', { scope: 'col', ...(numeric ? { class: 'r' } : {}) }, escaped(title)),
  );
  const body = rows.map((cells, k) =>
    tag(
      'tr',
      k === marked ? { class: 'marked' } : {},
      ...cells.map((cell, c) => tag('td', columns[c]?.numeric ? { class: 'r' } : {}, line(cell))),
    ),
  );
  const words = `${escaped(caption)}${note === undefined ? '' : tag('span', {}, escaped(note))}`;
  // Wide tables scroll by themselves, and by keyboard.
  return tag(
    'div',
    { class: 'wide', tabindex: '0', role: 'region', 'aria-label': caption },
    tag(
      'table',
      {},
      tag('caption', {}, words),
      tag('thead', {}, tag('tr', {}, ...head)),
      tag('tbody', {}, ...body),
    ),
  );
}

function block(part: Block): string {
  switch (part.kind) {
    case 'paragraph':
      return tag('p', {}, line(part.line));
    case 'list':
      return tag('ul', {}, ...part.items.map((item) => tag('li', {}, line(item))));
    case 'terms':
      return tag(
        'dl',
        {},
        ...part.rows.map(([term, words]) => tag('dt', {}, escaped(term)) + tag('dd', {}, line(words))),
      );
    case 'formula':
      return tag('p', { class: 'formula' }, part.mathml);
    case 'facts':
      return tag('div', { class: 'facts' }, ...part.facts.map(factBox));
    case 'figures':
      return tag(
        'div',
        { class: 'figures' },
        ...part.figures.map(({ svg, caption }) =>
          tag('figure', {}, svg, tag('figcaption', {}, line(caption))),
        ),
      );
    case 'table':
      return table(part);
  }
}

const section = ({ id, title, blocks }: Section): string =>
  tag('section', { id }, title === '' ? '' : tag('h2', {}, escaped(title)), ...blocks.map(block));

/** The page. */
export function htmlOf({ title, subtitle, sections, footer }: ReportDocument): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  const head = [
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="generator" content="memscape">',
    tag('title', {}, escaped(`${title} · memscape report`)),
    `<style>\n${styles()}</style>`,
  ];
  const opening = tag(
    'header',
    {},
    tag('h1', {}, tag('bdi', {}, escaped(title))),
    tag('p', {}, line(subtitle)),
  );
  return [
    '<!doctype html>',
    '<html lang="en">',
    tag('head', {}, '\n', head.join('\n'), '\n'),
    '<body>',
    tag(
      'main',
      {},
      '\n',
      opening,
      '\n',
      sections.map(section).join('\n'),
      '\n',
      tag('footer', {}, line(footer)),
    ),
    '</body>',
    '</html>\n',
  ].join('\n');
}
