/** The same picture without WebGPU: the f64 CPU backend computes, this draws what landscape.wgsl draws. */
import { Simulator, type Problem, type Quantity, type Reference } from '../library.js';
import {
  BLIND_GAP,
  BLIND_INK,
  DEAD_GAP,
  EDGE_COLOUR,
  hatchColour,
  ISOLINES,
  LIGHT,
  type Look,
} from './look.js';
import { RAMP_SIZE, rampOf } from './tarn.js';
import { EXPONENT, gainOf } from './tone.js';
import { gridOf, type View } from './view.js';

interface CpuField {
  readonly columns: number;
  readonly rows: number;
  /** What the colours say: energies, or speeds. */
  readonly values: ArrayLike<number>;
  readonly blind: ArrayLike<number>;
  readonly dead: ArrayLike<number>;
}

/** How much a picture may cost: points of the field along its longer side, painted pixels to a CSS pixel. */
export interface CpuEffort {
  readonly side: number;
  readonly ratio: number;
}

/** Lines of less than half a CSS pixel's resolution only flicker. */
const LEAST_RATIO = 0.4;

/** Milliseconds of painting after which others have their turn. */
const PIECE = 12;

/** A picture that is painted row by row. */
interface Painting {
  /** The same for the same picture. */
  readonly key: string;
  readonly image: ImageData;
  /** Paints a row; whether there are more. */
  readonly next: () => boolean;
}

interface Computed {
  readonly points: readonly [number, number];
  readonly milliseconds: number;
}

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

export class CpuPainter {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #simulator: Simulator;
  #field: CpuField | undefined;
  #ratio = 1;
  #size: readonly [number, number] = [1, 1];
  /** How many fields were computed: tells their pictures apart. */
  #fields = 0;
  #painted: Painting | undefined;

  constructor(simulator: Simulator, canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d', { alpha: false });
    if (!context) throw new Error('the canvas gives no 2D context');
    this.#simulator = simulator;
    this.#canvas = canvas;
    this.#context = context;
  }

  /**
   * Computes a field whose longer side has `side` points; tells its size and its time.
   * @param ratio pixels that `draw` will paint to a CSS pixel; below a half, lines are left out.
   */
  async compute(
    problem: Problem,
    view: View,
    { side, ratio }: CpuEffort,
    shows: 'energy' | 'speed' = 'energy',
    reference?: Reference,
  ): Promise<Computed> {
    const longer = Math.max(view.width, view.height);
    const columns = Math.round((side * view.width) / longer);
    const rows = Math.round((side * view.height) / longer);
    const { fields, wallMilliseconds } = await this.#simulator.evaluate({
      problem,
      sampling: gridOf(view, columns, rows),
      quantities: shows === 'energy' ? ['energy', 'blind-spot', 'dead-count'] : ['speed'],
      ...(reference ? { reference } : {}),
    });
    const values = (quantity: Quantity) => fields.get(quantity)?.data ?? [];
    this.#field = {
      columns,
      rows,
      values: values(shows),
      blind: values('blind-spot'),
      dead: values('dead-count'),
    };
    this.#fields++;
    this.#ratio = ratio;
    this.#size = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
    return { points: [columns, rows], milliseconds: wallMilliseconds };
  }

  /** Paints the field in pieces with a `rest` between them; nothing changes on the screen until `draw`. */
  async paint(look: Look, rest: () => Promise<unknown>): Promise<void> {
    const painting = this.#begin(look);
    if (!painting || painting.key === this.#painted?.key) return;
    for (let from = performance.now(); painting.next();)
      if (performance.now() - from > PIECE) {
        await rest();
        from = performance.now();
      }
    this.#painted = painting;
  }

  draw(look: Look): void {
    let painting = this.#begin(look);
    if (!painting) return;
    if (painting.key === this.#painted?.key) painting = this.#painted;
    else while (painting.next());
    this.#painted = painting;
    const { image } = painting;
    // Setting a size clears the canvas: only when it changes, and only when new pixels follow at once.
    if (this.#canvas.width !== image.width) this.#canvas.width = image.width;
    if (this.#canvas.height !== image.height) this.#canvas.height = image.height;
    this.#context.putImageData(image, 0, 0);
  }

  #begin(look: Look): Painting | undefined {
    const field = this.#field;
    if (!field) return undefined;
    const [width, height] = this.#size;
    const ratio = this.#ratio;
    const key = JSON.stringify([this.#fields, width, height, ratio, look]);
    const sample = sampler(field, width, height);
    const drawn = ratio < LEAST_RATIO ? { ...look, hatch: false, isolines: false } : look;
    let made: ImageData | undefined;
    let row = 0;
    return {
      key,
      get image() {
        return (made ??= new ImageData(width, height));
      },
      next() {
        const { data } = this.image;
        if (row >= height) return false;
        for (let i = 0, at = 4 * row * width; i < width; i++, at += 4)
          paintPixel(data, at, i, row, width, ratio, sample, drawn);
        row++;
        return row < height;
      },
    };
  }
}

interface Sampler {
  /** Energy at the middle of a pixel, bilinear between points. */
  readonly energy: (i: number, j: number) => number;
  readonly blind: (i: number, j: number) => boolean;
  readonly dead: (i: number, j: number) => number;
}

function sampler({ columns, rows, values, blind, dead }: CpuField, width: number, height: number): Sampler {
  const column = (i: number) => ((i + 0.5) / width) * columns - 0.5;
  const row = (j: number) => (1 - (j + 0.5) / height) * rows - 0.5;
  const nearest = (i: number, j: number) =>
    clamp(Math.round(row(j)), 0, rows - 1) * columns + clamp(Math.round(column(i)), 0, columns - 1);
  return {
    energy: (i, j) => {
      const [x, y] = [clamp(column(i), 0, columns - 1), clamp(row(j), 0, rows - 1)];
      const [x0, y0] = [Math.floor(x), Math.floor(y)];
      const [x1, y1] = [Math.min(x0 + 1, columns - 1), Math.min(y0 + 1, rows - 1)];
      const [u, v] = [x - x0, y - y0];
      const bottom = (1 - u) * values[y0 * columns + x0] + u * values[y0 * columns + x1];
      const top = (1 - u) * values[y1 * columns + x0] + u * values[y1 * columns + x1];
      return (1 - v) * bottom + v * top;
    },
    blind: (i, j) => blind[nearest(i, j)] > 0.5,
    dead: (i, j) => dead[nearest(i, j)],
  };
}

/** Ink of the hatch at a pixel. */
function lines(i: number, j: number, gap: number, halfWidth: number, ratio: number): number {
  const period = gap * ratio * Math.SQRT2;
  const phase = i - j - period * Math.floor((i - j) / period);
  return clamp(halfWidth * ratio - Math.abs(phase - period / 2) / Math.SQRT2 + 0.5, 0, 1);
}

function paintPixel(
  out: Uint8ClampedArray,
  at: number,
  i: number,
  j: number,
  width: number,
  ratio: number,
  { energy, blind, dead }: Sampler,
  { tone, map, dark, isolines, hatch }: Look,
): void {
  const { low, range, m } = tone;
  const here = energy(i, j);
  const x = clamp(here - low, 0, range);
  const u = clamp((gainOf(tone) * x) / (x + m), 0, 1);
  const ramp = rampOf(map, dark);
  const shade = ramp[Math.round(u * (RAMP_SIZE - 1))];
  const t = u ** EXPONENT;
  const slope = (EXPONENT * t * m) / (Math.max(x, 1e-6 * range) * (x + m));
  const gx = slope * (energy(i + 1, j) - here);
  const gy = slope * (energy(i, j + 1) - here);
  const light = 1 + 0.075 * Math.tanh((0.8 * gx + 0.9 * gy) * width * 0.5);
  let r = light * (shade & 255);
  let g = light * ((shade >> 8) & 255);
  let b = light * (shade >> 16);
  const mix = (red: number, green: number, blue: number, alpha: number) => {
    r += (255 * red - r) * alpha;
    g += (255 * green - g) * alpha;
    b += (255 * blue - b) * alpha;
  };
  const steepness = Math.hypot(gx, gy);
  const level = Math.round(t * ISOLINES);
  if (isolines && steepness > 2e-6 && level > 0 && level < ISOLINES) {
    const distance = Math.abs(t * ISOLINES - level) / ISOLINES / steepness / ratio;
    const ink = level >= ISOLINES / 2 ? 0.055 : 1;
    mix(ink, ink, ink, clamp(1.15 - distance, 0, 1) * (level % 4 === 0 ? 0.52 : 0.3));
  }
  if (hatch) {
    const d = Math.round(2 * ratio);
    const over = t > LIGHT;
    if (!blind(i, j)) {
      const ink = over ? 0.055 : 1;
      if (dead(i, j) > 0.5) mix(ink, ink, ink, 0.2 * lines(i, j, DEAD_GAP, 0.45, ratio));
    } else if (blind(i + d, j) && blind(i, j - d) && blind(i - d, j) && blind(i, j + d)) {
      const [red, green, blue] = over ? BLIND_INK : hatchColour(dark);
      mix(red, green, blue, 0.62 * lines(i, j, BLIND_GAP, 0.8, ratio));
    } else {
      const [red, green, blue] = over ? BLIND_INK : EDGE_COLOUR;
      mix(red, green, blue, 1);
    }
  }
  out[at] = r;
  out[at + 1] = g;
  out[at + 2] = b;
  out[at + 3] = 255;
}
