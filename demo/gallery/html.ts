/** Cards as HTML, written by the build: the page shows them without a script. */
import { typeset } from '../page/typeset.js';
import type { Card, Thumbnail } from './card.js';

/** A card, where its pictures lie, and what models/README.md says of it. */
export interface Shown {
  readonly card: Card;
  readonly paths: { readonly left: string; readonly right: string };
  readonly text: string;
  readonly source: string;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string) => text.replace(/[&<>"]/g, (sign) => ESCAPES[sign]);
const sentence = (text: string) => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
/** Markdown's code spans and emphasis. */
const prose = (text: string) =>
  escape(typeset(text))
    .replace(/`([^`]*)`/g, '<code>$1</code>')
    .replace(/\b_([^_]+)_\b/g, '<em>$1</em>');

const KINDS = { paper: 'From the paper', published: 'Published elsewhere', own: 'Made here' } as const;
type Kind = keyof typeof KINDS;

const kindOf = ({ source }: Shown): Kind =>
  source.includes('of the paper') ? 'paper' : /^ours\b/i.test(source) ? 'own' : 'published';

function image(picture: Thumbnail, path: string): string {
  const curve = picture.curve ? ' class="curve"' : '';
  return `<img${curve} src="./${path}" width="240" height="240" loading="lazy" decoding="async" alt="${escape(picture.words)}" />`;
}

/** As the pictures have them (plot/glyph.ts), in both themes. */
const GLYPHS = {
  stable: '<circle cx="7" cy="7" r="4.5" fill="#fff" stroke="#111a2b" stroke-width="1.4"/>',
  saddle:
    '<path d="M7 1L13 7 7 13 1 7z" fill="#111a2b" stroke="#fff"/><path d="M7 1v12L1 7z" fill="#fff"/><path d="M7 .3L13.7 7 7 13.7 .3 7z" fill="none" stroke="#111a2b" stroke-width=".8"/>',
  unstable:
    '<circle cx="7" cy="7" r="4.2" fill="none" stroke="#111a2b" stroke-width="4.4"/><circle cx="7" cy="7" r="4.2" fill="none" stroke="#fff" stroke-width="2"/>',
  undecided:
    '<circle cx="7" cy="7" r="5.6" fill="#111a2b"/><circle cx="7" cy="7" r="4" fill="none" stroke="#fff" stroke-width="1.4" stroke-dasharray="2 2"/>',
} as const;

function countsHtml({ counts }: Card): string {
  if (!counts) return '';
  return (Object.keys(GLYPHS) as (keyof typeof GLYPHS)[])
    .filter((kind) => counts[kind] > 0)
    .map(
      (kind) =>
        `<span class="count"><svg viewBox="0 0 14 14" aria-hidden="true">${GLYPHS[kind]}</svg>${String(counts[kind])} ${kind}</span>`,
    )
    .join('');
}

function cardHtml(shown: Shown): string {
  const { card, paths, text } = shown;
  const left =
    'missing' in card.left
      ? `<p class="none">${escape(typeset(sentence(card.left.missing)))}</p>`
      : image(card.left, paths.left);
  const title =
    'link' in card.opens
      ? `<a href="./index.html${escape(card.opens.link)}">${escape(card.name)}</a>`
      : escape(card.name);
  const obstacle = 'obstacle' in card.opens ? `<p class="obstacle">${escape(card.opens.obstacle)}</p>` : '';
  const neurons = `${String(card.neurons)} ${card.neurons === 1 ? 'neuron' : 'neurons'}`;
  return `<li class="card" data-kind="${kindOf(shown)}">
  <div class="thumbnails">${left}${image(card.right, paths.right)}</div>
  <div class="body"><h2>${title}</h2><p>${prose(text)}</p>${obstacle}</div>
  <p class="facts">${countsHtml(card)}<span>${neurons}: ${escape(card.layers)}</span><span>${escape(card.dynamics)}</span></p>
</li>`;
}

const ORDER = Object.keys(KINDS);

/** Where a network stands among those of its kind: landscapes first, small before large, then the curves of one neuron. */
const rank = ({ card }: Shown): number => (card.neurons === 1 ? Infinity : card.neurons);

/** Those of the paper first. */
export const cardsHtml = (all: readonly Shown[]): string =>
  [...all]
    .sort(
      (a, b) =>
        ORDER.indexOf(kindOf(a)) - ORDER.indexOf(kindOf(b)) ||
        Math.sign(rank(a) - rank(b) || 0) ||
        (a.card.name < b.card.name ? -1 : 1),
    )
    .map(cardHtml)
    .join('\n');

/** Buttons with the numbers of their cards; they need a script, which shows them. */
export function filtersHtml(all: readonly Shown[]): string {
  const button = (kind: string, words: string, count: number, pressed: boolean) =>
    `<button type="button" class="chip" data-filter="${kind}" aria-pressed="${String(pressed)}">${words} <span class="faint">${String(count)}</span></button>`;
  const kinds = (Object.keys(KINDS) as Kind[]).map((kind) =>
    button(kind, KINDS[kind], all.filter((one) => kindOf(one) === kind).length, false),
  );
  return [button('', 'All', all.length, true), ...kinds].join('\n');
}
