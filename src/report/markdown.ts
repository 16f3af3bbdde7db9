/** A document as Markdown (CommonMark with the tables of GitHub). Texts are escaped: none of their signs is syntax. */
import type { Block, Inline, Line, ReportDocument, Section, Table } from './document.js';

/** A text whose signs mean themselves, on one line. */
const escaped = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]<>#|~&]/g, (sign) => (sign === '<' ? '&lt;' : sign === '&' ? '&amp;' : `\\${sign}`));

function code(text: string): string {
  const plain = text.replace(/\s+/g, ' ');
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  // A space keeps a grave at an end apart from the fence.
  return longest > 0 ? `${fence} ${plain} ${fence}` : `${fence}${plain}${fence}`;
}

function inline(piece: Inline): string {
  if (typeof piece === 'string') return escaped(piece);
  switch (piece.kind) {
    case 'strong':
      return piece.text === '' ? '' : `**${escaped(piece.text)}**`;
    case 'code':
      return code(piece.text);
    case 'badge':
      return `**${escaped(piece.text)}**`;
    case 'glyph':
      return '';
    case 'image':
      return escaped(`(${piece.words})`);
  }
}

const line = (pieces: Line): string => pieces.map(inline).join('').trim();
/** In a cell a bar would end it even inside code. */
const cell = (pieces: Line): string => line(pieces).replace(/(?<!\\)\|/g, '\\|');

function table({ caption, note, columns, rows, marked }: Table): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const lines = [
    `**${escaped(caption)}**${note === undefined ? '' : ` (${escaped(note)})`}`,
    '',
    row(columns.map(({ title }) => escaped(title))),
    row(columns.map(({ numeric }) => (numeric ? '--:' : '---'))),
    ...rows.map((cells, k) =>
      row(cells.map((words, c) => (k === marked && c === 0 ? `→ ${cell(words)}` : cell(words)))),
    ),
  ];
  return lines.join('\n');
}

function block(part: Block): string {
  switch (part.kind) {
    case 'paragraph':
      return line(part.line);
    case 'list':
      return part.items.map((item) => `- ${line(item)}`).join('\n');
    case 'terms':
      return part.rows.map(([term, words]) => `- **${escaped(term)}**: ${line(words)}`).join('\n');
    case 'formula':
      return `    ${part.text}`;
    case 'facts':
      return part.facts.map(({ value, words }) => `- **${escaped(value)}** ${escaped(words)}`).join('\n');
    case 'figures':
      return [
        `![${escaped(part.words)}](${part.file})`,
        ...part.figures.map(({ caption }) => line(caption)),
      ].join('\n\n');
    case 'table':
      return table(part);
  }
}

const section = ({ title, blocks }: Section): string =>
  [...(title === '' ? [] : [`## ${escaped(title)}`]), ...blocks.map(block)].join('\n\n');

/** The text. */
export function markdownOf({ title, subtitle, sections, footer }: ReportDocument): string {
  return `${[`# ${escaped(title)}`, line(subtitle), ...sections.map(section), '---', line(footer)].join('\n\n')}\n`;
}
