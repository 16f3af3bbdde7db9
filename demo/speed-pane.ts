/** The upper row of four panels, as in Figure 1 of the paper: the vector field of a column over its speed. */
import { cpuOnly, type Problem, type Simulator } from './library.js';
import type { Effort } from './landscape.js';
import type { Scene } from './scene.js';
import type { Point } from './model/exact.js';
import { axes, type AxisNames } from './plot/axes.js';
import { drawColourBar } from './plot/colour-bar.js';
import { CpuPainter, type CpuEffort } from './plot/cpu-painter.js';
import { FlowLayer } from './plot/flow-layer.js';
import { GpuPainter, type GpuCanvas } from './plot/gpu-painter.js';
import { Ink, type Palette } from './plot/ink.js';
import { drawPoints } from './plot/overlay.js';
import { streakRows } from './plot/streaks.js';
import { toneOf, type Tone } from './plot/tone.js';
import { fromScreen, type View } from './plot/view.js';
import { draw, find, write } from './page/text.js';
import type { MapName } from './state/state.js';

/** Samples along a side, behind the scale of colours. */
const SIDE = 32;

const PLAIN = { isolines: false, hatch: false } as const;

const HTML = `<header><div><h2>Vector field</h2><p class="verdict faint">colour: speed</p></div>
<div class="colourbar" aria-hidden="true"></div></header>
<div class="plot"><div class="box"><canvas class="cpu"></canvas><canvas class="gpu"></canvas><canvas class="ink"></canvas></div>
<svg class="axes" role="img"></svg></div>`;

export class SpeedPane {
  readonly #root = Object.assign(document.createElement('div'), { className: 'speed', innerHTML: HTML });
  readonly #cpu: CpuPainter;
  readonly #ink: Ink;
  #gpu: GpuPainter | undefined;
  /** Who has computed the last field. */
  #painter: GpuPainter | CpuPainter | undefined;
  #tone: Tone | undefined;
  readonly #flow = new FlowLayer();
  #drawMarks: () => void = () => undefined;
  /** Draws what stands around the field that was surveyed. */
  frame: () => void = () => undefined;

  /** @param figure the column that it stands in, above everything else. */
  constructor(figure: HTMLElement, simulator: Simulator) {
    figure.prepend(this.#root);
    this.#cpu = new CpuPainter(simulator, find(this.#root, 'canvas.cpu', HTMLCanvasElement));
    this.#ink = new Ink(find(this.#root, 'canvas.ink', HTMLCanvasElement));
  }

  useGpu(shared: GpuCanvas | undefined): void {
    this.#gpu?.dispose();
    this.#painter = undefined;
    this.#gpu = shared && new GpuPainter(shared, find(this.#root, 'canvas.gpu', HTMLCanvasElement));
    if (shared && !shared.backend.info.software) this.#ink.accelerate();
  }

  async compute(problem: Problem, view: View, effort: Effort, onCpu: CpuEffort): Promise<void> {
    // Some velocities have no kernel: these are painted like those of a page without WebGPU.
    const gpu = cpuOnly(problem, 'speed') ? undefined : this.#gpu;
    if (gpu) await gpu.compute(problem, view, { coarseness: effort === 'full' ? 1 : 2, shows: 'speed' });
    else await this.#cpu.compute(problem, view, onCpu, 'speed');
    this.#painter = gpu ?? this.#cpu;
  }

  /** Whether the GPU had to leave this field to the CPU. */
  get #withoutKernel(): boolean {
    return this.#gpu !== undefined && this.#painter === this.#cpu;
  }

  /** Colours by speeds of f64 samples; `frame` then writes axes, and words for those who do not see them. */
  survey({ exact, search }: Scene, view: View, names: AxisNames): void {
    const speeds = Array.from({ length: SIDE * SIDE }, (_, k) => {
      const at = fromScreen(view, [
        (((k % SIDE) + 0.5) / SIDE) * view.width,
        ((Math.floor(k / SIDE) + 0.5) / SIDE) * view.height,
      ]);
      return exact.read(exact.stateAt(at)).speed;
    });
    const sorted = Float64Array.from(speeds).sort();
    this.#tone = toneOf(0, sorted[sorted.length - 1], sorted[sorted.length >> 1]);
    this.frame = () => {
      const svg = find(this.#root, '.axes', SVGSVGElement);
      draw(svg, axes(view, names));
      const design = exact.problem.design.kind === 'identity' ? '' : ', with R';
      write(
        find(this.#root, 'h2', HTMLElement),
        `Vector field of eq. ${String(exact.problem.equation)}${design}`,
      );
      write(
        find(this.#root, '.verdict', HTMLElement),
        this.#withoutKernel ? 'colour: speed, by the CPU in f64' : 'colour: speed',
      );
      svg.setAttribute(
        'aria-label',
        `Speed and direction of the motion, up to ${sorted[sorted.length - 1].toPrecision(2)}; it stops at ${search.points.map(({ name }) => name).join(', ') || 'no point that was found'}.`,
      );
    };
  }

  /** Paints on the CPU, in pieces, what `drawField` will show at once. */
  async paintField(map: MapName, dark: boolean, rest: () => Promise<unknown>): Promise<void> {
    if (this.#tone && this.#painter === this.#cpu)
      await this.#cpu.paint({ ...PLAIN, tone: this.#tone, map, dark }, rest);
  }

  drawField(map: MapName, dark: boolean): void {
    if (!this.#tone) return;
    this.#root.classList.toggle('without-kernel', this.#withoutKernel);
    this.#painter?.draw({ ...PLAIN, tone: this.#tone, map, dark });
  }

  drawScale(map: MapName, dark: boolean): void {
    if (this.#tone) drawColourBar(find(this.#root, '.colourbar', HTMLElement), this.#tone, map, dark);
  }

  /** Lays the streaks out anew, in pieces. */
  *layStreaks({ exact, search }: Scene, view: View, drifting: boolean): Generator<undefined, void> {
    if (!this.#tone) return;
    // Ink by what lies under it: here that is the speed.
    const moved = {
      velocity: (at: Point) => exact.velocity(at),
      energy: (at: Point) => Math.hypot(...exact.velocity(at)),
    };
    const glyphs = search.points.map(({ y }) => y);
    yield* this.#flow.lay(streakRows(moved, view, this.#tone, glyphs, drifting), drifting);
  }

  /** @param over what lies over the streaks, where it is more than the fixed points. */
  mark({ search }: Scene, view: View, palette: Palette, over?: (ink: Ink) => void): void {
    this.#drawMarks = () => {
      if (over) over(this.#ink);
      else drawPoints(this.#ink, search.points, view, palette);
    };
  }

  drawInk({ width, height }: View, seconds: number | undefined): void {
    this.#ink.begin(width, height);
    this.#flow.draw(this.#ink, seconds);
    this.#drawMarks();
  }

  remove(): void {
    this.#gpu?.dispose();
    this.#root.remove();
  }
}
