/** The colours of a field as an embedded PNG: one pixel per sample, masked samples transparent. */
import { encode } from 'fast-png';
import type { ColourTable } from './colour.js';
import type { ScalarField } from './picture.js';
import { thinField, type ThinnedField } from './thin.js';
import type { ToneScale } from './tone.js';

const MAX_PIXELS = 2048;
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 without Buffer, which browsers lack. */
export function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let start = 0; start < bytes.length; start += 3072) {
    let part = '';
    for (let i = start; i < Math.min(start + 3072, bytes.length); i += 3) {
      const word = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
      part += DIGITS[word >> 18] + DIGITS[(word >> 12) & 63];
      part += i + 1 < bytes.length ? DIGITS[(word >> 6) & 63] : '=';
      part += i + 2 < bytes.length ? DIGITS[word & 63] : '=';
    }
    parts.push(part);
  }
  return parts.join('');
}

/** Palette entry 0 is the transparent one: the encoder writes transparencies from the start of the palette. */
function palette(table: ColourTable): number[][] {
  const entries = [[128, 128, 128, 0]];
  for (let i = 0; i < 255; i++) {
    const at = 3 * Math.round((i / 254) * 255);
    entries.push([table[at], table[at + 1], table[at + 2], 255]);
  }
  return entries;
}

/** Samples as bytes, top row first. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 4;
}

const TABLE_SIZE = 8192;

/**
 * Palette entries of equal steps of value between the ends of the scale: the tone formula costs too much to be
 * evaluated at each of several million samples. Interpolating in it errs by far less than one entry.
 */
function toneTable(scale: ToneScale): Float64Array {
  return Float64Array.from({ length: TABLE_SIZE + 2 }, (_, k) => {
    const u = Math.min(1, k / TABLE_SIZE);
    return 1 + 254 * scale.toTone((1 - u) * scale.low + u * scale.high);
  });
}

function indexedPixels(field: ThinnedField, scale: ToneScale): Pixels {
  const { values, width, height } = field;
  const tones = toneTable(scale);
  // In units of the largest size, differences neither over- nor underflow.
  const unit = Math.max(Math.abs(scale.low), Math.abs(scale.high)) || 1;
  const low = scale.low / unit;
  const steps = scale.constant ? 0 : TABLE_SIZE / (scale.high / unit - low);
  const data = new Uint8Array(width * height);
  for (let j = 0; j < height; j++) {
    const row = (height - 1 - j) * width;
    for (let i = 0; i < width; i++) {
      const v = values[row + i];
      if (v - v !== 0) continue;
      const at = Math.min(TABLE_SIZE, Math.max(0, (v / unit - low) * steps));
      const k = Math.floor(at);
      data[j * width + i] = Math.round(tones[k] + (at - k) * (tones[k + 1] - tones[k]));
    }
  }
  return { data, width, height, channels: 1 };
}

/** Light from the upper left, at most 7.5 % of brightness, from the slope of the tone: flat looks flat. */
function litPixels(field: ThinnedField, scale: ToneScale, table: ColourTable): Pixels {
  const { values, width, height } = field;
  const tones = Float64Array.from(values, (v) => scale.toTone(v));
  const data = new Uint8Array(4 * width * height);
  const at = (i: number, j: number): number =>
    tones[Math.min(height - 1, Math.max(0, j)) * width + Math.min(width - 1, Math.max(0, i))];
  for (let j = 0; j < height; j++) {
    for (let i = 0; i < width; i++) {
      const t = at(i, j);
      if (!(t >= 0)) continue;
      const slope =
        ((at(i + 1, j) - at(i - 1, j)) * 0.4 - (at(i, j + 1) - at(i, j - 1)) * 0.45) * width * 0.5;
      const light = 1 + 0.075 * Math.tanh(Number.isNaN(slope) ? 0 : slope);
      const pixel = 4 * ((height - 1 - j) * width + i);
      const colour = 3 * Math.round(255 * t);
      for (let k = 0; k < 3; k++) data[pixel + k] = Math.min(255, Math.round(table[colour + k] * light));
      data[pixel + 3] = 255;
    }
  }
  return { data, width, height, channels: 4 };
}

/**
 * Repeats samples until they are finer than the screen: viewers smooth enlarged pictures in different ways, and a
 * coarse field must show its cells.
 */
export function repeatPixels(pixels: Pixels, least: readonly [number, number]): Pixels {
  const { data, width, height, channels } = pixels;
  const across = Math.max(1, Math.ceil(least[0] / width));
  const down = Math.max(1, Math.ceil(least[1] / height));
  if (across === 1 && down === 1) return pixels;
  const row = width * across * channels;
  const out = new Uint8Array(row * height * down);
  for (let j = 0; j < height; j++) {
    for (let i = 0; i < width * across; i++) {
      const from = channels * (j * width + Math.floor(i / across));
      for (let k = 0; k < channels; k++) out[j * down * row + channels * i + k] = data[from + k];
    }
    for (let copy = 1; copy < down; copy++)
      out.copyWithin((j * down + copy) * row, j * down * row, j * down * row + row);
  }
  return { data: out, width: width * across, height: height * down, channels };
}

export interface RasterOptions {
  /** Light from the upper left. Default false. */
  readonly relief?: boolean;
  /** Samples are repeated until the picture has at least this size. Default [1, 1]. */
  readonly least?: readonly [number, number];
}

export interface Raster {
  /** `data:image/png;base64,...` */
  readonly uri: string;
  readonly width: number;
  readonly height: number;
}

/** Colours a field, top row first, at most 2048 samples a side. */
export function rasterise(
  field: ScalarField,
  scale: ToneScale,
  table: ColourTable,
  options: RasterOptions = {},
): Raster {
  const thinned = thinField(field, MAX_PIXELS);
  const lit = options.relief === true;
  const samples = lit ? litPixels(thinned, scale, table) : indexedPixels(thinned, scale);
  const { data, width, height, channels } = repeatPixels(samples, options.least ?? [1, 1]);
  const colours = lit ? {} : { palette: palette(table) };
  const png = encode({ width, height, data, depth: 8, channels, ...colours }, { zlib: { level: 5 } });
  return { uri: `data:image/png;base64,${base64(png)}`, width, height };
}
