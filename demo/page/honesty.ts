/** The honesty line: who computed the picture, how fast, how exactly, and from how many samples. */
import type { Check } from '../measure.js';
import { byId, count, fill, short, write } from './text.js';

export interface Facts {
  /** The adapter or the CPU, as the backend names it. */
  readonly name: string;
  readonly software: boolean;
  /** Points of a field, and the pixels that they are drawn to. */
  readonly points: readonly [number, number];
  readonly pixels: readonly [number, number];
  readonly milliseconds: number | undefined;
  /** The drawn buffer against f64; undefined where all is f64. */
  readonly check: Check | undefined;
  /** What is to be said of a box that is small. */
  readonly deep: string;
  /** f64 samples behind colour range and blind share. */
  readonly samples: number;
}

export function showFacts({
  name,
  software,
  points,
  pixels,
  milliseconds,
  check,
  deep,
  samples,
}: Facts): void {
  const dot = Object.assign(document.createElement('i'), { className: software ? 'dot soft' : 'dot' });
  const who = document.createElement('span');
  who.append(dot, Object.assign(document.createElement('b'), { textContent: name }));
  const size = points.map(String).join(' × ');
  const whole = points.every((n, k) => n === pixels[k]);
  const along = `${count(points[0])} states along the curve`;
  const texts =
    points[1] === 1
      ? [along, `blind share: ${count(samples)} f64 samples`]
      : [
          `${milliseconds === undefined ? '… ms' : `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`} a field (${size})`,
          ...(check ? [checkText(check)] : []),
          ...(deep === '' ? [] : [deep]),
          whole ? 'every pixel evaluated' : `scaled to ${pixels.map(String).join(' × ')} pixels`,
          `colour range, blind share: ${count(samples)} f64 samples`,
        ];
  const spans = texts.map((textContent) => Object.assign(document.createElement('span'), { textContent }));
  fill(byId('facts'), [who, ...spans]);
}

function checkText({ samples, difference, blindDifferences }: Check): string {
  const energy = `|f32 − f64| ≤ ${short(difference)} at ${count(samples)} pixels`;
  return blindDifferences === 0 ? energy : `${energy}, blind or not differs at ${count(blindDifferences)}`;
}

/** One plain sentence about the device. */
export function showStatus(sentence: string, care = false): void {
  const status = byId('status');
  write(status, sentence);
  status.classList.toggle('care', care);
}
