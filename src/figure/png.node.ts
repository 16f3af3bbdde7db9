/** Figures as PNG files, in Node only: the rasteriser is native and fonts come from a package, not from the system. */
import { createRequire } from 'node:module';
import { crc32 } from 'node:zlib';
import { renderAsync } from '@resvg/resvg-js';
import type { Figure } from './picture.js';
import { renderSvg } from './render.js';
import { plainText } from './text.js';

/** Only the condensed faces of DejaVu Sans are loaded, so the rasteriser cannot choose another width. */
const FONT_FILES = [
  'DejaVuSansCondensed',
  'DejaVuSansCondensed-Bold',
  'DejaVuSerif-Italic',
  'DejaVuSerif-BoldItalic',
];

function fontPaths(): string[] {
  const { resolve } = createRequire(import.meta.url);
  return FONT_FILES.map((name) => resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`));
}

/** An iTXt chunk: uncompressed UTF-8 text under a Latin keyword. */
function textChunk(keyword: string, text: string): Uint8Array {
  const body = new TextEncoder().encode(`iTXt${keyword}\0\0\0\0\0${text.replaceAll('\0', '')}`);
  const chunk = new Uint8Array(body.length + 8);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, body.length - 4);
  chunk.set(body, 4);
  view.setUint32(4 + body.length, crc32(body));
  return chunk;
}

/** Adds texts after the image header (8 bytes signature, 25 bytes IHDR). */
function addTexts(png: Uint8Array, texts: readonly (readonly [string, string])[]): Uint8Array {
  const chunks = texts.filter(([, text]) => text !== '').map(([keyword, text]) => textChunk(keyword, text));
  const out = new Uint8Array(png.length + chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  out.set(png.subarray(0, 33));
  let at = 33;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  out.set(png.subarray(33), at);
  return out;
}

export interface PngOptions {
  /** Pixels per CSS pixel. Default 2. */
  readonly scale?: number;
  /** The figure as `renderSvg` drew it, where that is at hand; a gallery of photographs takes a while to draw. */
  readonly svg?: string;
}

/**
 * resvg 2.6 drops a whole line of text that mixes fonts and holds the ligature ffi or ffl. A zero-width non-joiner in
 * words (between tags, never in attributes or embedded pictures) keeps the letters apart.
 */
export const withoutLigatures = (svg: string): string =>
  svg.replace(/>[^<]+</g, (words) => words.replace(/ff(?=[il])/g, 'ff\u200c'));

/** Rasterises an SVG made by `renderSvg`; the texts become PNG metadata. */
async function svgToPng(
  svg: string,
  options: PngOptions = {},
  texts: readonly (readonly [string, string])[] = [],
): Promise<Uint8Array> {
  const image = await renderAsync(withoutLigatures(svg), {
    fitTo: { mode: 'zoom', value: options.scale ?? 2 },
    font: { loadSystemFonts: false, fontFiles: fontPaths(), defaultFontFamily: 'DejaVu Sans' },
  });
  return addTexts(image.asPng(), texts);
}

/** A figure as PNG. Title, caption and honesty line are in its metadata. */
export function renderPng(figure: Figure, options: PngOptions = {}): Promise<Uint8Array> {
  const texts = [
    ['Title', plainText(figure.title)],
    ['Description', plainText(figure.caption ?? '')],
    ['Comment', plainText(figure.honesty ?? '')],
    ['Software', 'memscape'],
  ] as const;
  return svgToPng(options.svg ?? renderSvg(figure), options, texts);
}
