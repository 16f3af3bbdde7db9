/** Colour maps as 256 x RGB tables. Low is deep; lightness rises evenly, so the order survives grey printing. */
import { CIVIDIS, VIRIDIS } from './colour-tables.js';
import type { ColourMapName } from './picture.js';

/** 256 x 3 bytes, sRGB. */
export type ColourTable = Uint8Array;

/** Position, hue in degrees and chroma of the stops of `tarn`. */
const TARN_STOPS = [
  [0, 268, 0.1],
  [0.3, 240, 0.098],
  [0.55, 200, 0.078],
  [0.78, 145, 0.062],
  [1, 92, 0.055],
] as const;

function gamma(linear: number): number {
  const clipped = Math.min(1, Math.max(0, linear));
  return clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055;
}

/** OKLab to sRGB bytes (Ottosson 2020). */
function oklabToRgb(lightness: number, a: number, b: number): [number, number, number] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  const [red, green, blue] = linear.map((value) => Math.round(255 * gamma(value)));
  return [red, green, blue];
}

function polar(hue: number, chroma: number): [number, number] {
  return [chroma * Math.cos((hue * Math.PI) / 180), chroma * Math.sin((hue * Math.PI) / 180)];
}

function tarn(t: number): [number, number, number] {
  let k = 0;
  while (k < TARN_STOPS.length - 2 && t > TARN_STOPS[k + 1][0]) k++;
  const [t0, hue0, chroma0] = TARN_STOPS[k];
  const [t1, hue1, chroma1] = TARN_STOPS[k + 1];
  const u = (t - t0) / (t1 - t0);
  const [a0, b0] = polar(hue0, chroma0);
  const [a1, b1] = polar(hue1, chroma1);
  return oklabToRgb(0.36 + 0.6 * t, a0 + (a1 - a0) * u, b0 + (b1 - b0) * u);
}

/** Ochre below zero, near white at zero, blue above, as the signs of weights are shown elsewhere. */
function diverging(t: number): [number, number, number] {
  const distance = Math.abs(2 * t - 1);
  const [a, b] = polar(t < 0.5 ? 62 : 258, 0.13 * Math.sin((Math.PI / 2) * Math.min(1, distance * 1.2)));
  return oklabToRgb(0.97 - 0.53 * distance, a, b);
}

function fromFunction(colour: (t: number) => [number, number, number]): ColourTable {
  const table = new Uint8Array(768);
  for (let i = 0; i < 256; i++) table.set(colour(i / 255), 3 * i);
  return table;
}

function fromHexadecimal(digits: string): ColourTable {
  return Uint8Array.from({ length: 768 }, (_, i) => parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

const TABLES: Readonly<Record<ColourMapName, () => ColourTable>> = {
  tarn: () => fromFunction(tarn),
  diverging: () => fromFunction(diverging),
  viridis: () => fromHexadecimal(VIRIDIS),
  cividis: () => fromHexadecimal(CIVIDIS),
};
const cache = new Map<ColourMapName, ColourTable>();

/** The table of a colour map; do not write to it. */
export function colourTable(name: ColourMapName): ColourTable {
  let table = cache.get(name);
  if (!table) {
    table = TABLES[name]();
    cache.set(name, table);
  }
  return table;
}

/** `#rrggbb` of a table at t in [0, 1]. */
export function colourAt(table: ColourTable, t: number): string {
  const at = 3 * Math.round(255 * Math.min(1, Math.max(0, t)));
  return `#${[...table.subarray(at, at + 3)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** Relative luminance (WCAG) of a table at t in [0, 1]. */
export function luminanceAt(table: ColourTable, t: number): number {
  const at = 3 * Math.round(255 * Math.min(1, Math.max(0, t)));
  const linear = [...table.subarray(at, at + 3)].map((byte) => {
    const value = byte / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}
