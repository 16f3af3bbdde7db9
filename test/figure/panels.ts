/** Small figures for the tests of this folder. */
import type { Figure, LandscapePanel, LinePanel, ScalarField } from '../../src/figure/picture.js';

/** A field sampled at cell centres of [-1, 1]^2. */
export function sampleField(ns: number, nt: number, f: (s: number, t: number) => number): ScalarField {
  const values = new Float64Array(ns * nt);
  for (let j = 0; j < nt; j++) {
    for (let i = 0; i < ns; i++) values[j * ns + i] = f(-1 + (2 * (i + 0.5)) / ns, -1 + (2 * (j + 0.5)) / nt);
  }
  return { values, size: [ns, nt] };
}

export function landscape(field: ScalarField, more: Partial<LandscapePanel> = {}): LandscapePanel {
  return {
    kind: 'landscape',
    title: 'Energy',
    field,
    extent: [
      [-1, 1],
      [-1, 1],
    ],
    axisLabels: ['y_1', 'y_2'],
    ...more,
  };
}

export function line(y: readonly number[], more: Partial<LinePanel> = {}): LinePanel {
  const x = Float64Array.from(y, (_, i) => i);
  return { kind: 'line', title: 'Curve', x, y: Float64Array.from(y), axisLabels: ['y_1', 'E'], ...more };
}

export function page(...panels: (LandscapePanel | LinePanel)[]): Figure {
  return { title: '', panels: panels.map((panel) => [panel]) };
}

/** Checks that a text is well-formed XML; returns the names of its elements in order. */
export function parseXml(text: string): string[] {
  const names: string[] = [];
  const open: string[] = [];
  const token =
    /<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+="[^"<&]*(?:&(?:amp|lt|gt|quot|#39);[^"<&]*)*")*)\s*(\/?)>|([^<]+)|(<)/gy;
  let end = 0;
  for (const match of text.matchAll(token)) {
    const [whole, closing, name, , empty, words, stray] = match;
    if (stray)
      throw new Error(`stray < at ${String(match.index)}: ${text.slice(match.index, match.index + 60)}`);
    if (words && /&(?!(?:amp|lt|gt|quot|#39);)|>/.test(words))
      throw new Error(`unescaped text: ${words.slice(0, 60)}`);
    if (name && closing) {
      if (open.pop() !== name) throw new Error(`wrong end of ${name}`);
    } else if (name) {
      names.push(name);
      if (!empty) open.push(name);
    }
    end = match.index + whole.length;
  }
  if (end !== text.length || open.length > 0) throw new Error(`not closed: ${open.join(' ')}`);
  return names;
}
