/** Words: markup, estimated widths, line breaks, text elements. */
import { element, escapeXml } from './svg.js';
import { FONT_MATH } from './theme.js';

/** Advance widths of DejaVu Sans Condensed for U+0020 to U+007E, hundredths of an em. */
const WIDTHS = [
  29, 36, 41, 75, 57, 85, 70, 25, 35, 35, 45, 75, 29, 32, 29, 30, 57, 57, 57, 57, 57, 57, 57, 57, 57, 57, 30,
  30, 75, 75, 75, 48, 90, 62, 62, 63, 69, 57, 52, 70, 68, 27, 27, 59, 50, 78, 67, 71, 54, 71, 62, 57, 55, 66,
  62, 89, 62, 55, 62, 35, 30, 35, 75, 45, 45, 55, 57, 49, 57, 55, 32, 57, 57, 25, 25, 52, 25, 88, 57, 55, 57,
  57, 37, 47, 35, 57, 53, 74, 53, 53, 47, 57, 30, 57, 75,
];
const WIDE = 0.75;
const SUPERSCRIPT_DIGIT = 0.39;
const BOLD = 1.14;
const SMALL = 0.72;

interface Run {
  readonly text: string;
  readonly italic: boolean;
  readonly shift: 'none' | 'sub' | 'sup';
}

const SCRIPT = String.raw`\{[^}]*\}|\p{N}+|\p{L}`;
const TOKEN = new RegExp(
  String.raw`\\(.)|\*([^*]+)\*(?:_(${SCRIPT}))?|(?<![\p{L}\p{N}])(\p{L})_(${SCRIPT})|\^([-−+]?\p{N}+|${SCRIPT})`,
  'gsu',
);

function unbrace(text: string): string {
  return text.startsWith('{') ? text.slice(1, -1) : text;
}

/** Splits marked-up words into runs of one style. */
function parseMarkup(text: string): Run[] {
  const runs: Run[] = [];
  const push = (part: string | undefined, italic: boolean, shift: Run['shift']): void => {
    if (part) runs.push({ text: part, italic, shift });
  };
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, literal, emphasis, emphasisBelow, letter, below, above] = match;
    push(text.slice(end, match.index), false, 'none');
    push(literal, false, 'none');
    push(emphasis, true, 'none');
    push(emphasisBelow && unbrace(emphasisBelow), false, 'sub');
    push(letter, true, 'none');
    push(below && unbrace(below), false, 'sub');
    push(above && unbrace(above), false, 'sup');
    end = match.index + whole.length;
  }
  push(text.slice(end), false, 'none');
  return runs;
}

/** The words without their markup, for descriptions. */
export function plainText(text: string): string {
  return parseMarkup(text)
    .map((run) => run.text)
    .join('');
}

function signWidth(sign: string): number {
  const code = sign.codePointAt(0) ?? 32;
  if (code >= 32 && code < 127) return WIDTHS[code - 32] / 100;
  return /[⁰¹²³⁴-⁹⁻]/.test(sign) ? SUPERSCRIPT_DIGIT : WIDE;
}

/**
 * Estimated width of marked-up words in pixels.
 * @param size font size in pixels
 */
export function textWidth(text: string, size: number, bold = false): number {
  let width = 0;
  for (const run of parseMarkup(text)) {
    const scale = (run.shift === 'none' ? 1 : SMALL) * (bold || run.italic ? BOLD : 1);
    for (const sign of run.text) width += signWidth(sign) * scale;
  }
  return width * size;
}

/** Breaks words into lines no wider than `width`, also at every line break; a longer word stays whole. */
export function wrapText(text: string, width: number, size: number, bold = false): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (line !== '' && textWidth(longer, size, bold) > width) {
        lines.push(line);
        line = word;
      } else line = longer;
    }
    lines.push(line);
  }
  return lines;
}

function tspans(text: string, size: number): string {
  let out = '';
  let raised = 0;
  for (const run of parseMarkup(text)) {
    const target = run.shift === 'sub' ? 0.22 * size : run.shift === 'sup' ? -0.36 * size : 0;
    const dy = target - raised;
    raised = target;
    if (!run.italic && run.shift === 'none' && dy === 0) out += escapeXml(run.text);
    else {
      out += element(
        'tspan',
        {
          dy: dy === 0 ? undefined : dy,
          'font-size': run.shift === 'none' ? undefined : size * SMALL,
          'font-family': run.italic ? FONT_MATH : undefined,
          'font-style': run.italic ? 'italic' : undefined,
        },
        escapeXml(run.text),
      );
    }
  }
  return out;
}

export interface TextStyle {
  readonly size: number;
  readonly fill: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly bold?: boolean;
  /** Colour of an outline behind the letters, for words on a picture. */
  readonly halo?: string;
  readonly haloWidth?: number;
  /** Degrees about (x, y). */
  readonly rotate?: number;
}

/** One line of marked-up words with its baseline at (x, y). */
export function textElement(x: number, y: number, text: string, style: TextStyle): string {
  const turned = style.rotate !== undefined && style.rotate !== 0;
  const place = `${x.toFixed(2)} ${y.toFixed(2)}`;
  return element(
    'text',
    {
      x,
      y,
      'font-size': style.size,
      fill: style.fill,
      'font-weight': style.bold ? 'bold' : undefined,
      'text-anchor': style.anchor === 'start' ? undefined : style.anchor,
      transform: turned ? `rotate(${style.rotate.toFixed(1)} ${place})` : undefined,
      stroke: style.halo,
      'stroke-width': style.halo === undefined ? undefined : (style.haloWidth ?? 3),
      'stroke-linejoin': style.halo === undefined ? undefined : 'round',
      'paint-order': style.halo === undefined ? undefined : 'stroke',
    },
    tspans(text, style.size),
  );
}
