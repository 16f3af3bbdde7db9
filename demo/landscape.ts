/** One column of the page: its canvases, its overlay, its words. It draws what the explorer tells it. */
import type { Problem, Simulator } from './library.js';
import type { Condition } from './model/condition.js';
import type { Exact, Point } from './model/exact.js';
import { flatEnergy } from './model/floors.js';
import { deepAt, type Deep } from './model/deep.js';
import { deadStretches } from './model/kinks.js';
import { scan, SCAN_SIDE, type Scan } from './model/scan.js';
import { eigenDirections } from './model/directions.js';
import { letterOf } from './page/names.js';
import { draw, fill, find, write } from './page/text.js';
import { drawColourBar } from './plot/colour-bar.js';
import { CpuPainter, type CpuEffort } from './plot/cpu-painter.js';
import { axes, deepAxes, namesOf, type AxisNames } from './plot/axes.js';
import { FlowLayer } from './plot/flow-layer.js';
import { GpuPainter, type GpuCanvas } from './plot/gpu-painter.js';
import { Ink, type Palette } from './plot/ink.js';
import type { Look } from './plot/look.js';
import { drawOverlay, type Overlay } from './plot/overlay.js';
import { streakRows } from './plot/streaks.js';
import { drawStrip, type Tint } from './plot/strip.js';
import { mixed, widened, type Tone } from './plot/tone.js';
import { isInside, toScreen, viewOf, type View } from './plot/view.js';
import type { Plane } from './model/plane.js';
import { parts } from './parts.js';
import type { Scene } from './scene.js';
import { pixelRatio } from './page/scale.js';
import type { Nullcline } from './plot/nullclines.js';
import type { SpeedPane } from './speed-pane.js';
import { FIRST, type Box, type MapName, type Shown, type State } from './state/state.js';

/** What a picture may cost: the first one, one of many while a slider moves, the one to look at. */
export type Effort = 'first' | 'quick' | 'full';

const CPU_EFFORTS: Readonly<Record<Effort, CpuEffort>> = {
  first: { side: 64, ratio: 0.14 },
  quick: { side: 96, ratio: 0.5 },
  full: { side: 256, ratio: Math.min(pixelRatio(), 1.5) },
};

/** f64 samples of a curve. */
const CURVE_POINTS = 512;
/** Ranges of energies in a deep box: of second order in its size where it is flat, and less where it is flatter. */
const leastOf = ({ x }: View): number => 1e-12 * (x[1] - x[0]) ** 2;

export class Landscape {
  readonly plot: HTMLElement;
  /** What a finger takes hold of to move the start. */
  readonly handle: HTMLElement;
  readonly stripBox: HTMLElement;
  readonly #box: HTMLElement;
  readonly #words: HTMLElement;
  readonly #bar: HTMLElement;
  readonly #cpu: CpuPainter;
  readonly #gpuCanvas: HTMLCanvasElement;
  readonly #axes: SVGSVGElement;
  /** Streaks and marks share a canvas: a software adapter pays for every layer that it blends. */
  readonly #ink: Ink;
  readonly #strip: Ink;
  readonly #flow = new FlowLayer();
  #drawStrip: () => void = () => undefined;
  #drawMarks: () => void = () => undefined;
  #gpu: GpuPainter | undefined;
  /** Time of the last field of the CPU. */
  cpuMilliseconds: number | undefined;
  #cpuPoints: readonly [number, number] = [0, 0];
  readonly #root: HTMLElement;
  #frame: Box = FIRST.box;
  #size: readonly [number, number] = [1, 1];
  #hatched = true;
  #plane: Plane;
  #view: View;
  /** The view of the field that is being computed: what is drawn and read out stays in the old one until it is there. */
  #coming: View;
  /** How the view is drawn where it is small; `#comingDeep` with the view that is coming. */
  #deep: Deep | undefined;
  #comingDeep: Deep | undefined;
  #wasDeep = false;
  #seen: { readonly of: Exact; readonly deep: Deep; readonly exact: Exact } | undefined;
  #stripSize: readonly [number, number] = [0, 0];
  #tone: Tone | undefined;
  #scan: Scan | undefined;
  readonly #simulator: Simulator;
  #shared: GpuCanvas | undefined;
  /** The vector field above, where four panels are shown. */
  #above: SpeedPane | undefined;
  /** Whether one neuron is drawn: a curve. */
  #curve = false;
  #surface = false;
  #effort: Effort = 'first';
  #look: Pick<State, 'map' | 'sight'> = FIRST;
  #dark = false;
  /** What is computed once for an energy in a view, and drawn many times. */
  readonly #kept = new Map<string, { readonly exact: Exact; readonly view: View; readonly value: unknown }>();

  constructor(root: HTMLElement, simulator: Simulator, plane: Plane) {
    this.#simulator = simulator;
    this.#plane = plane;
    this.#view = viewOf(1, 1, this.#frame, plane);
    this.#coming = this.#view;
    this.#root = root;
    this.plot = find(root, '.plot', HTMLElement);
    this.handle = find(root, '.grab', HTMLElement);
    this.#axes = find(root, '.axes', SVGSVGElement);
    this.stripBox = find(root, '.strip', HTMLElement);
    this.#box = find(root, '.box', HTMLElement);
    this.#words = find(root, '.verdict .words', HTMLElement);
    this.#bar = find(root, '.colourbar', HTMLElement);
    this.#cpu = new CpuPainter(simulator, find(root, 'canvas.cpu', HTMLCanvasElement));
    this.#gpuCanvas = find(root, 'canvas.gpu', HTMLCanvasElement);
    this.#ink = new Ink(find(root, 'canvas.ink', HTMLCanvasElement));
    this.#strip = new Ink(find(root, '.strip canvas', HTMLCanvasElement));
    this.measureBoxes();
  }

  /** The view at the size that was measured last: asking the browser in the middle of a frame would lay it out anew. */
  get view(): View {
    return this.#view;
  }

  /** The next field will be of this part of this plane; `present` shows it. */
  look(frame: Box, plane: Plane): void {
    this.#frame = frame;
    this.#plane = plane;
    this.#coming = viewOf(...this.#size, frame, plane);
  }

  /** The field that was computed last is what is surveyed, drawn and read out from now on. */
  present(problem: Problem): void {
    this.#view = this.#coming;
    this.#deep = this.#comingDeep;
    this.#curve = problem.network.size === 1;
  }

  /** Draws the axes of the field that is presented. */
  frame(problem: Problem): void {
    this.#root.toggleAttribute('data-curve', this.#curve);
    this.#drawAxes(problem);
    this.#above?.frame();
  }

  #drawAxes(problem: Problem): void {
    const names = this.#axisNames(problem);
    const drawn = this.#deep ? deepAxes(this.#view, names, this.#deep.centre) : axes(this.#view, names);
    draw(this.#axes, drawn);
  }

  #axisNames(problem: Problem): AxisNames {
    const { x, y } = this.#view;
    const dead = (axis: 0 | 1, range: Point) => deadStretches(problem, this.#plane, axis, range);
    const letter = letterOf(problem);
    if (this.#curve) return { letter, names: [letter, 'E'], dead: [dead(0, x), []] };
    return { letter, dead: [dead(0, x), dead(1, y)] };
  }

  /** Shows the layout of a state, whose parts are loaded: what it needs is there before the next field. */
  arrange({ layout, map, sight }: Pick<State, 'layout' | 'map' | 'sight'>): void {
    this.#look = { map, sight };
    this.#surface = layout === 'surface';
    this.#root.toggleAttribute('data-surface', this.#surface);
    const four = layout === 'four' && !this.#curve;
    if (four === (this.#above !== undefined)) return;
    this.#above?.remove();
    this.#above = undefined;
    if (!four || !parts.speed) return;
    this.#above = new parts.speed.SpeedPane(this.#root, this.#simulator);
    this.#above.useGpu(this.#shared);
  }

  get isSurface(): boolean {
    return this.#surface;
  }

  /** Whether places of the plot are heights of a curve. */
  get isCurve(): boolean {
    return this.#curve;
  }

  /** Takes the size of the boxes from the page. */
  measureBoxes(): void {
    this.#size = [this.#box.clientWidth, this.#box.clientHeight];
    this.#stripSize = [this.stripBox.clientWidth, this.stripBox.clientHeight];
    // A picture follows at once, and `present` with it.
    this.look(this.#frame, this.#plane);
    this.#view = this.#coming;
  }

  /** What draws the field; undefined where the CPU does, and where there is a curve and no field. */
  get gpu(): GpuPainter | undefined {
    return this.#curve ? undefined : this.#gpu;
  }

  get scan(): Scan | undefined {
    return this.#scan;
  }

  /** Points of the field that is drawn, and the pixels it is drawn to. */
  get resolution(): {
    readonly points: readonly [number, number];
    readonly pixels: readonly [number, number];
  } {
    const { width, height } = this.view;
    return {
      points: this.gpu?.size ?? this.#cpuPoints,
      pixels: [Math.round(width * pixelRatio()), Math.round(height * pixelRatio())],
    };
  }

  /** Draws on the GPU from now on, or on the CPU. */
  useGpu(shared: GpuCanvas | undefined): void {
    this.#shared = shared;
    this.#above?.useGpu(shared);
    this.#gpu?.dispose();
    this.#gpu = shared ? new GpuPainter(shared, this.#gpuCanvas) : undefined;
    // A software adapter draws paths far more slowly than the canvas' own rasteriser does.
    if (shared && !shared.backend.info.software) for (const ink of [this.#ink, this.#strip]) ink.accelerate();
  }

  /** Computes the field; nothing changes on the screen. */
  async compute(problem: Problem, effort: Effort): Promise<void> {
    // An energy that is proved to see everything has nothing to hatch.
    this.#hatched = !problem.energy.certified;
    this.condition = undefined;
    this.#effort = effort;
    this.#comingDeep = undefined;
    if (problem.network.size === 1) {
      this.#cpuPoints = [CURVE_POINTS, 1];
      this.cpuMilliseconds = undefined;
      return;
    }
    this.#comingDeep = await deepAt(problem, this.#coming);
    const reference = this.#comingDeep?.from?.reference;
    await this.#above?.compute(problem, this.#coming, effort, CPU_EFFORTS[effort]);
    if (this.#gpu) {
      const coarseness = effort === 'full' ? 1 : 2;
      await this.#gpu.compute(problem, this.#coming, { coarseness, hatched: this.#hatched, reference });
      return;
    }
    const { points, milliseconds } = await this.#cpu.compute(
      problem,
      this.#coming,
      CPU_EFFORTS[effort],
      'energy',
      reference,
    );
    this.#cpuPoints = points;
    this.cpuMilliseconds = milliseconds;
  }

  /** Looks the landscape over and sets the colour range: wider at once, narrower only at rest. */
  survey(given: Scene, effort: Effort): void {
    const scene = this.seen(given);
    const { exact, search } = scene;
    const { view } = this;
    const memories = search.points
      // In a deep box those outside of it would take the whole scale.
      .filter((p) => p.kind === 'stable' && (!this.#deep || isInside(view, p.y)))
      .map((p) => p.y);
    this.#scan = scan(
      exact,
      view,
      memories,
      effort === 'full' ? SCAN_SIDE.full : SCAN_SIDE.quick,
      this.#deep && leastOf(view),
    );
    // Deep boxes measure from a centre that moves with them.
    const keeps = this.#tone && !this.#deep && !this.#wasDeep;
    this.#tone = keeps && this.#tone ? widened(this.#tone, this.#scan.tone) : this.#scan.tone;
    this.#wasDeep = this.#deep !== undefined;
    if (this.#curve && parts.curve) {
      const { low, range } = this.#scan.tone;
      this.#view = parts.curve.curveView(view, low, range);
    }
    this.#above?.survey(scene, view, this.#axisNames(exact.problem));
  }

  /** How this view is drawn where it is small. */
  get deep(): Deep | undefined {
    return this.#deep;
  }

  /** A scene with energies as they are drawn: those of deep boxes are measured from the centre. */
  seen(scene: Scene): Scene {
    const deep = this.#deep;
    if (!deep?.from) return scene;
    const { exact } = scene;
    if (this.#seen?.of !== exact || this.#seen.deep !== deep)
      this.#seen = { of: exact, deep, exact: exact.measured(deep.from.energy) };
    const seen = this.#seen.exact;
    const { floors, flat } = scene;
    return {
      ...scene,
      exact: seen,
      floors: floors.map((floor) => ({ ...floor, energy: seen.energy(floor.to) })),
      // Without differences there is none: both ends of it are the same.
      flat: flat === undefined ? undefined : flatEnergy(seen),
    };
  }

  /** What `make` gives for an energy in a view, made anew when either has changed. */
  #keep<T>(key: string, exact: Exact, make: () => T): T {
    const known = this.#kept.get(key);
    if (known?.exact === exact && known.view === this.#view) return known.value as T;
    const value = make();
    this.#kept.set(key, { exact, view: this.#view, value });
    return value;
  }

  /** A share of the way to the colour range of the landscape as it is. */
  settle(share: number): void {
    if (this.#tone && this.#scan)
      this.#tone = share >= 1 ? this.#scan.tone : mixed(this.#tone, this.#scan.tone, share);
  }

  /** Paints on the CPU, in pieces, what `drawField` will show at once; the GPU needs none of it. */
  async paintField(dark: boolean, map: MapName, shown: Shown, rest: () => Promise<unknown>): Promise<void> {
    if (this.#tone && !this.#gpu && !this.#curve)
      await this.#cpu.paint(this.#lookOf(this.#tone, dark, map, shown), rest);
  }

  #lookOf(tone: Tone, dark: boolean, map: MapName, { isolines, hatch }: Shown): Look {
    return { tone, map, dark, isolines, hatch: hatch && this.#hatched };
  }

  drawField(dark: boolean, map: MapName, shown: Shown): void {
    if (!this.#tone) return;
    this.#dark = dark;
    this.#look = { ...this.#look, map };
    const look = this.#lookOf(this.#tone, dark, map, shown);
    if (!this.#curve) (this.#gpu ?? this.#cpu).draw(look);
    this.#above?.drawField(map, dark);
    // A surface has its colours from the same scale.
    if (this.#surface) this.#drawSurface();
  }

  /** Draws the colours of the field that was drawn, with their numbers. */
  drawScale(): void {
    if (this.#tone) drawColourBar(this.#bar, this.#tone, this.#look.map, this.#dark);
    this.#above?.drawScale(this.#look.map, this.#dark);
  }

  #drawSurface(): void {
    const { width, height } = this.#view;
    this.#ink.begin(width, height);
    this.#drawMarks();
  }

  /** Takes what lies over the field and in the strip; `drawInk` and `drawStrip` show it. */
  mark(given: Scene, layers: Shown, palette: Palette): void {
    const scene = this.seen(given);
    const { exact, search, path, start, duration, time, stripNote: note } = scene;
    const { tint } = this;
    const points = layers.points ? search.points : [];
    const saddles = points.filter((p) => p.kind === 'saddle');
    const arms = new Map(saddles.map((p) => [p.name, eigenDirections(exact, p)] as const));
    const marks = {
      ...scene,
      view: this.#view,
      points,
      arms,
      hatch: layers.hatch && this.#hatched,
      tint,
      symbol: this.#deep?.from ? 'ΔE' : 'E',
    } as const;
    this.#drawMarks = this.#drawing(scene, marks, layers, palette);
    this.#above?.mark(scene, this.#view, palette);
    if (this.#surface) this.#drawSurface();
    const [x, y] = toScreen(this.#view, this.#curve ? [start[0], exact.energy(start)] : start);
    this.handle.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
    this.#drawStrip = () => {
      const [width, height] = this.#stripSize;
      if (height === 0) return;
      drawStrip(
        this.#strip,
        { path, width, height, duration, time, note, tint, rises: scene.rises },
        palette,
      );
    };
  }

  /** Draws the energy along the path that was taken last. */
  drawStrip(): void {
    this.#drawStrip();
  }

  /** How the marks are drawn: over a field, on a surface, along a curve. */
  #drawing(scene: Scene, marks: Omit<Overlay, 'nullclines'>, layers: Shown, palette: Palette): () => void {
    const { exact } = scene;
    const lines = layers.nullclines && exact.problem.network.size === 2 ? parts.nullclines : undefined;
    const effort = this.#effort === 'full' ? 'full' : 'quick';
    const nullclines: readonly Nullcline[] = lines
      ? this.#keep(`nullclines ${effort}`, exact, () => lines.nullclines(exact, this.#view, effort))
      : [];
    const { curve, surface } = parts;
    if (this.#curve && curve) {
      const dead = layers.hatch ? deadStretches(exact.problem, this.#plane, 0, this.#view.x) : [];
      const all = { ...marks, nullclines, exact, dead, flow: layers.flow };
      return () => {
        curve.drawCurve(this.#ink, all, palette);
      };
    }
    if (this.#surface && surface) {
      const mesh = this.#keep(`mesh ${effort}`, exact, () => surface.meshOf(exact, this.#view, effort));
      const names = namesOf(this.#view, letterOf(exact.problem));
      return () => {
        if (!this.#tone) return;
        const look = { ...this.#look, tone: this.#tone, dark: this.#dark, isolines: layers.isolines, names };
        surface.drawSurface(this.#ink, mesh, { ...marks, nullclines, exact }, look, palette);
      };
    }
    return () => {
      drawOverlay(this.#ink, { ...marks, nullclines }, palette);
    };
  }

  /** Lays the streaks out anew, in pieces; drifting ones live longer than standing ones. */
  *layStreaks(given: Scene, layers: Shown, drifting: boolean): Generator<undefined, void> {
    const scene = this.seen(given);
    const { exact, search } = scene;
    const tone = this.#curve || this.#surface || !layers.flow ? undefined : this.#tone;
    const glyphs = layers.points ? search.points.map((p) => p.y) : [];
    const rows = tone ? streakRows(exact, this.view, tone, glyphs, drifting) : [];
    // What has given way to newer streaks here would not above.
    if (!(yield* this.#flow.lay(rows, drifting))) return;
    if (this.#above) yield* this.#above.layStreaks(scene, this.view, drifting);
  }

  /** Draws streaks at their time, and what lies over them. */
  drawInk(seconds: number | undefined): void {
    const { width, height } = this.#view;
    this.#above?.drawInk(this.#view, seconds);
    // Nothing on a surface drifts: it is drawn when it changes.
    if (this.#surface && !this.#curve) return;
    this.#ink.begin(width, height);
    this.#flow.draw(this.#ink, seconds);
    this.#drawMarks();
  }

  /** What was seen of condition (11); undefined until it was looked at. */
  condition: Condition | undefined;

  /** What the energy has shown in this view: blind spots at the samples, a proof, or neither. */
  get tint(): Tint {
    if ((this.#scan?.blind ?? 0) > 0) return 'blind';
    return this.#hatched ? 'plain' : 'certified';
  }

  /** @param wide words that narrow screens leave out. */
  say(title: string, verdict: string, wide: string, description: string): void {
    const more = Object.assign(document.createElement('span'), { className: 'wide', textContent: wide });
    fill(this.#words, [verdict, more]);
    this.#axes.setAttribute('aria-label', description);
    const heading = find(this.#root, ':scope > header .title', HTMLElement);
    write(heading, title);
    this.#root.dataset.tint = this.tint;
  }
}
