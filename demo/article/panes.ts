/** What stands in a figure: landscapes of the explorer, or the field of the motion, drawn by the explorer's own parts. */
import { Landscape, type Effort } from '../landscape.js';
import type { Scene } from '../scene.js';
import type { Problem, Simulator } from '../library.js';
import type { Plane } from '../model/plane.js';
import { atOnce } from '../page/idle.js';
import { letterOf } from '../page/names.js';
import { find } from '../page/text.js';
import type { CpuEffort } from '../plot/cpu-painter.js';
import type { GpuCanvas } from '../plot/gpu-painter.js';
import type { Palette } from '../plot/ink.js';
import { drawOverlay } from '../plot/overlay.js';
import { toScreen, viewOf, type View } from '../plot/view.js';
import { FIRST, type Box, type Shown, type State } from '../state/state.js';

/** Which landscape of a state a pane shows, or the speed of its motion. */
export type PaneKind = 'left' | 'right' | 'speed';

export interface Pane {
  readonly kind: PaneKind;
  /** What is touched to move the start. */
  readonly plot: HTMLElement;
  readonly view: View;
  measure: () => void;
  useGpu: (gpu: GpuCanvas | undefined) => void;
  /** Computes the field of a part of a plane; nothing changes on the screen. */
  compute: (problem: Problem, state: State, plane: Plane, effort: Effort) => Promise<void>;
  /** The field that was computed last is what is drawn from now on: takes its colours and words. */
  survey: (scene: Scene, effort: Effort, words: PaneWords) => void;
  /** Paints in pieces what `draw` will show at once. */
  paint: (dark: boolean, rest: () => Promise<unknown>) => Promise<void>;
  draw: (dark: boolean) => void;
  mark: (scene: Scene, palette: Palette) => void;
  streaks: (scene: Scene, moving: boolean) => void;
  ink: (seconds: number | undefined) => void;
  /** Colours of the landscape as it now is. */
  settle: () => void;
}

/** What is said of a pane: above it, beside its name, and to those who do not see it. */
export interface PaneWords {
  readonly title: string;
  readonly verdict: string;
  readonly description: string;
}

const SHOWN: Shown = FIRST.shown;
const TARN = 'tarn';
const CPU_SPEED: Readonly<Record<Effort, CpuEffort>> = {
  first: { side: 64, ratio: 0.25 },
  quick: { side: 64, ratio: 0.5 },
  full: { side: 128, ratio: 0.75 },
};

export function landscapePane(
  kind: 'left' | 'right',
  root: HTMLElement,
  simulator: Simulator,
  plane: Plane,
): Pane {
  const landscape = new Landscape(root, simulator, plane);
  return {
    kind,
    plot: landscape.plot,
    get view() {
      return landscape.view;
    },
    measure: () => {
      landscape.measureBoxes();
    },
    useGpu: (gpu) => {
      landscape.useGpu(gpu);
    },
    compute: async (problem, state, at, effort) => {
      landscape.arrange(state);
      landscape.look(state.box, at);
      await landscape.compute(problem, effort);
      landscape.present(problem);
    },
    survey: (scene, effort, { title, verdict, description }) => {
      landscape.survey(scene, effort);
      landscape.frame(scene.exact.problem);
      landscape.say(title, verdict, '', description);
    },
    paint: (dark, rest) => landscape.paintField(dark, TARN, SHOWN, rest),
    draw: (dark) => {
      landscape.drawField(dark, TARN, SHOWN);
      landscape.drawScale();
    },
    mark: (scene, palette) => {
      landscape.mark(scene, SHOWN, palette);
      landscape.drawStrip();
    },
    streaks: (scene, moving) => {
      atOnce(landscape.layStreaks(scene, SHOWN, moving));
    },
    ink: (seconds) => {
      landscape.drawInk(seconds);
    },
    settle: () => {
      landscape.settle(1);
    },
  };
}

/** The motion alone: colours are speeds, and the path lies over them. */
export async function speedPane(root: HTMLElement, simulator: Simulator): Promise<Pane> {
  const { SpeedPane } = await import('../speed-pane.js');
  const pane = new SpeedPane(root, simulator);
  const plot = find(root, '.plot', HTMLElement);
  const box = find(root, '.box', HTMLElement);
  const grab = Object.assign(document.createElement('span'), { className: 'grab' });
  box.append(grab);
  let size: readonly [number, number] = [box.clientWidth, box.clientHeight];
  let view: View | undefined;
  const viewFor = (frame: Box, plane: Plane) => viewOf(...size, frame, plane);
  const now = (): View => {
    if (!view) throw new Error('nothing was computed yet');
    return view;
  };
  return {
    kind: 'speed',
    plot,
    get view() {
      return now();
    },
    measure: () => {
      size = [box.clientWidth, box.clientHeight];
    },
    useGpu: (gpu) => {
      pane.useGpu(gpu);
    },
    compute: async (problem, state, plane, effort) => {
      const coming = viewFor(state.box, plane);
      await pane.compute(problem, coming, effort, CPU_SPEED[effort]);
      view = coming;
    },
    survey: (scene, _effort, { verdict, description }) => {
      pane.survey(scene, now(), { letter: letterOf(scene.exact.problem), dead: [[], []] });
      pane.frame();
      find(root, '.verdict', HTMLElement).textContent = verdict;
      find(root, '.axes', SVGSVGElement).setAttribute('aria-label', description);
    },
    paint: (dark, rest) => pane.paintField(TARN, dark, rest),
    draw: (dark) => {
      pane.drawField(TARN, dark);
      pane.drawScale(TARN, dark);
    },
    mark: (scene, palette) => {
      const [x, y] = toScreen(now(), scene.start);
      grab.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
      const { points } = scene.search;
      const over = { view: now(), points, arms: new Map(), floors: [], nullclines: [], hatch: false };
      pane.mark(scene, now(), palette, (ink) => {
        drawOverlay(ink, { ...scene, ...over, symbol: 'E', tint: 'plain', cursor: scene.start }, palette);
      });
    },
    streaks: (scene, moving) => {
      atOnce(pane.layStreaks(scene, now(), moving));
    },
    ink: (seconds) => {
      pane.drawInk(now(), seconds);
    },
    settle: () => undefined,
  };
}
