/**
 * Three coefficients as a place in a triangle: energies that differ by a factor are the same landscape, so shares say
 * all. For the hand alone; the number cells beneath are its twin for keys and screen readers.
 */
import type { Coefficients } from '../library.js';
import type { Point } from '../state/state.js';
import { placeIn } from './scale.js';
import { draw, tag } from './text.js';

const CORNERS: readonly [Point, Point, Point] = [
  [130, 16],
  [40, 120],
  [220, 120],
];
const LABELS = [
  { x: 130, y: 10, anchor: 'middle' },
  { x: 34, y: 133, anchor: 'middle' },
  { x: 226, y: 133, anchor: 'middle' },
] as const;
const INDICES = ['₁', '₂', '₃'];
/** A share below this is none: corners and edges can be reached by hand. */
const SNAP = 0.03;

interface TriangleEvents {
  readonly onMove: (coefficients: Coefficients) => void;
  readonly onRest: () => void;
}

const sumOf = ([a, b, c]: Coefficients): number => a + b + c;

/** Where coefficients stand; undefined outside the triangle, where one is negative or all are zero. */
function placeOf(coefficients: Coefficients): Point | undefined {
  const sum = sumOf(coefficients);
  if (!(sum > 0) || coefficients.some((v) => v < 0)) return undefined;
  const along = (k: 0 | 1) => coefficients.reduce((total, v, i) => total + (v / sum) * CORNERS[i][k], 0);
  return [along(0), along(1)];
}

/** The shares of a place, those of the nearest one inside. */
function sharesAt([x, y]: Point): Coefficients {
  const [[ax, ay], [bx, by], [cx, cy]] = CORNERS;
  const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
  const second = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) / area;
  const third = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) / area;
  const [a, b, c] = [1 - second - third, second, third].map((share) => (share < SNAP ? 0 : share));
  const sum = a + b + c;
  return [a / sum, b / sum, c / sum];
}

export class Triangle {
  readonly #svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  #drawn: Coefficients = [0, 0, 1];
  #dragging = false;

  constructor(root: HTMLElement, { onMove, onRest }: TriangleEvents) {
    const svg = this.#svg;
    svg.setAttribute('viewBox', '0 0 260 140');
    svg.setAttribute('aria-hidden', 'true');
    root.replaceChildren(svg);
    const take = (event: PointerEvent) => {
      const [x, y] = placeIn(svg, event);
      const unit = 260 / svg.clientWidth;
      const shares = sharesAt([x * unit, y * unit]);
      const sum = placeOf(this.#drawn) ? sumOf(this.#drawn) : 1;
      const [a, b, c] = shares.map((share) => Number((share * sum).toPrecision(4)));
      onMove([a, b, c]);
    };
    svg.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      this.#dragging = true;
      svg.setPointerCapture(event.pointerId);
      take(event);
    });
    svg.addEventListener('pointermove', (event) => {
      if (this.#dragging) take(event);
    });
    for (const end of ['pointerup', 'pointercancel'] as const)
      svg.addEventListener(end, () => {
        if (this.#dragging) onRest();
        this.#dragging = false;
      });
  }

  /** @param certified coefficients that are proved for this network, if any are. */
  show(letter: string, coefficients: Coefficients, certified: Coefficients | undefined): void {
    this.#drawn = coefficients;
    const corners = CORNERS.map(([x, y]) => `${String(x)} ${String(y)}`).join('L');
    const names = LABELS.map(({ x, y, anchor }, k) =>
      tag('text', { x, y, 'text-anchor': anchor, class: 'corner' }, `${letter}${INDICES[k]}`),
    );
    const what = tag('text', { x: 52, y: 133, class: 'what' }, 'eq. 4');
    const third = tag('text', { x: 208, y: 133, class: 'what', 'text-anchor': 'end' }, '|r|²/2');
    const mark = certified && placeOf(certified);
    const place = placeOf(coefficients);
    draw(
      this.#svg,
      [
        tag('path', { d: `M${corners}Z`, class: 'sides' }),
        ...names,
        what,
        third,
        ...(mark ? certifiedMark(mark) : []),
        place
          ? tag('circle', { cx: place[0], cy: place[1], r: 6, class: 'chosen' })
          : tag(
              'text',
              { x: 130, y: 92, 'text-anchor': 'middle', class: 'what' },
              'outside: one is negative',
            ),
      ].join(''),
    );
  }
}

/** A ring and its word, on the side that has room. */
function certifiedMark([x, y]: Point): string[] {
  const right = x < 130;
  return [
    tag('circle', { cx: x, cy: y, r: 9.5, class: 'certified' }),
    tag(
      'text',
      {
        x: x + (right ? 14 : -14),
        y: y - 8,
        'text-anchor': right ? 'start' : 'end',
        class: 'certified-word',
      },
      'certified',
    ),
  ];
}
