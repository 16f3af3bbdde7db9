/** The cube of three neurons, seen from outside: where the plane lies, and the orbits that it cuts. */
import type { Point } from '../model/exact.js';
import type { State3, VolumePoint } from '../model/volume.js';
import { tag } from '../page/text.js';

/** Seen along the diagonal, u3 upwards: the plane on which the neurons share out a constant sum faces the reader. */
function project([a, b, c]: State3, [low, high]: Point): Point {
  const [x, y, z] = [a, b, c].map((v) => (v - low) / (high - low));
  return [136 + 80 * (y - x), 116 + 46 * (x + y) - 92 * z];
}

const path = (points: readonly Point[], closed = false): string =>
  `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}${closed ? 'Z' : ''}`;

/** @param range of all three axes */
export function cube(
  q: number,
  range: Point,
  orbits: readonly (readonly State3[])[],
  points: readonly VolumePoint[],
): string {
  const [low, high] = range;
  const at = (state: State3): Point => project(state, range);
  const square = (c: number): Point[] => [
    at([low, low, c]),
    at([high, low, c]),
    at([high, high, c]),
    at([low, high, c]),
  ];
  const lift = square(low).map((from, k) => path([from, square(high)[k]]));
  const edges = [path(square(low), true), path(square(high), true), ...lift].join('');
  const name = (state: State3, k: number, dx: number, dy: number) => {
    const [x, y] = at(state);
    const index = tag('tspan', { class: 'index', dy: 2.5, 'font-size': 9 }, String(k));
    return tag('text', { class: 'axis', x: x + dx, y: y + dy, 'text-anchor': 'middle' }, 'u', index);
  };
  const curves = orbits.map((orbit) => tag('path', { class: 'orbit', d: path(orbit.map(at)) }));
  const dots = points.map(({ state, kind }) => {
    const [cx, cy] = at(state);
    return tag('circle', { class: kind === 'stable' ? 'point' : 'point open', cx, cy, r: 3.4 });
  });
  return [
    tag('path', { class: 'edge', d: edges }),
    ...curves,
    tag('path', { class: 'slice', d: path(square(q), true) }),
    ...dots,
    name([high, low, low], 1, -14, 10),
    name([low, high, low], 2, 14, 10),
    name([low, low, high], 3, 0, -8),
  ].join('');
}
