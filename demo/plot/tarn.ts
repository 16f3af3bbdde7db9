/**
 * The colour map `tarn`: OKLab, lightness linear in the value, hue from blue to sand, low = deep. The dark theme's
 * is darker and a little greyer. Other maps are loaded when they are first chosen.
 */
import type { MapName } from '../state/state.js';
import { EXPONENT } from './tone.js';

export const RAMP_SIZE = 1024;
const TONES = 256;

/** Position, hue in degrees and chroma. */
const STOPS = [
  [0, 268, 0.1],
  [0.3, 240, 0.098],
  [0.55, 200, 0.078],
  [0.78, 145, 0.062],
  [1, 92, 0.055],
] as const;

/** sRGB in [0, 1]. */
export type Colour = readonly [number, number, number];

function gamma(linear: number): number {
  const clipped = Math.min(1, Math.max(0, linear));
  return clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055;
}

/** OKLab to sRGB in [0, 1] (Ottosson 2020). */
function oklab(lightness: number, a: number, b: number): Colour {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    gamma(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    gamma(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    gamma(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function tarn(t: number, dark: boolean): Colour {
  let k = 0;
  while (k < STOPS.length - 2 && t > STOPS[k + 1][0]) k++;
  const [t0, hue0, chroma0] = STOPS[k];
  const [t1, hue1, chroma1] = STOPS[k + 1];
  const u = (t - t0) / (t1 - t0);
  const mix = (f: (radians: number) => number) =>
    (1 - u) * chroma0 * f((hue0 * Math.PI) / 180) + u * chroma1 * f((hue1 * Math.PI) / 180);
  const greyer = dark ? 0.82 : 1;
  const lightness = dark ? 0.21 + 0.57 * t : 0.36 + 0.6 * t;
  return oklab(lightness, greyer * mix(Math.cos), greyer * mix(Math.sin));
}

/**
 * Colours and tones by u, the place on the tone curve before its power, so that painters need no power of their own:
 * RAMP_SIZE colours packed as red + 256 green + 65536 blue, then TONES + 1 tones as bits of f32.
 */
function createRamp(colour: MapFunction, dark: boolean): Uint32Array<ArrayBuffer> {
  const ramp = new Uint32Array(RAMP_SIZE + TONES + 1);
  for (let i = 0; i < RAMP_SIZE; i++) {
    const [r, g, b] = colour((i / (RAMP_SIZE - 1)) ** EXPONENT, dark).map((c) => Math.round(255 * c));
    ramp[i] = r + 256 * g + 65536 * b;
  }
  const tones = new Float32Array(ramp.buffer, 4 * RAMP_SIZE);
  for (let i = 0; i <= TONES; i++) tones[i] = (i / TONES) ** EXPONENT;
  return ramp;
}

type MapFunction = (t: number, dark: boolean) => Colour;

const maps = new Map<MapName, MapFunction>([['tarn', tarn]]);
const ramps = new Map<string, Uint32Array<ArrayBuffer>>();

export const hasMap = (name: MapName): boolean => maps.has(name);

export async function loadMap(name: MapName): Promise<void> {
  if (!maps.has(name)) maps.set(name, (await import('./cividis.js')).cividis);
}

const mapOf = (name: MapName): MapFunction => maps.get(name) ?? tarn;

/** The ramp of a map that is there; of `tarn` until it is. */
export function rampOf(name: MapName, dark: boolean): Uint32Array<ArrayBuffer> {
  const key = `${hasMap(name) ? name : 'tarn'} ${String(dark)}`;
  const ramp = ramps.get(key) ?? createRamp(mapOf(name), dark);
  ramps.set(key, ramp);
  return ramp;
}

/** A CSS gradient of a map. */
export function cssRamp(name: MapName, dark: boolean): string {
  const stops = Array.from({ length: 17 }, (_, i) => {
    const [r, g, b] = mapOf(name)(i / 16, dark).map((c) => Math.round(255 * c));
    return `rgb(${String(r)} ${String(g)} ${String(b)})`;
  });
  return `linear-gradient(90deg, ${stops.join(', ')})`;
}
