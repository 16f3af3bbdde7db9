/** The article: ten figures that are computed as they come near, one clock, one device, one theme for all of them. */
import { CpuBackend, Simulator } from './library.js';
import { FIGURES } from './article/figures.js';
import type { Live, Studio } from './article/figure.js';
import { startPrinting } from './article/print.js';
import { FlowClock, reducedMotion } from './flow-clock.js';
import { keepDevice, openCanvas, type DeviceHost } from './gpu.js';
import { isDark, startTheme } from './page/theme.js';
import { byId } from './page/text.js';
import { readPalette } from './plot/ink.js';

/** Figures this far from the window are computed: a screen ahead. */
const NEAR = '100% 0px';

function say(sentence: string, care = false): void {
  byId('status').textContent = sentence;
  byId('status').classList.toggle('care', care);
}

function fail(error: unknown): void {
  if (document.documentElement.dataset.lost !== undefined) return;
  console.error(error);
  say(`Something failed: ${error instanceof Error ? error.message : String(error)}. Reload the page.`, true);
}

function hostOf(studio: Studio, figures: readonly Live[], clock: FlowClock): DeviceHost {
  const adopt = async (gpu: Studio['gpu']) => {
    studio.gpu = gpu;
    clock.slow = gpu?.backend.info.software ?? true;
    // One after another: a slow device answers the figure that is read before the others.
    for (const figure of figures) await figure.adopt();
    delete document.documentElement.dataset.lost;
    document.documentElement.dataset.device = gpu ? 'gpu' : 'cpu';
  };
  return {
    useGpu: async (gpu) => {
      await adopt(gpu);
      say(
        `Computed here and now: fields by ${gpu.backend.info.name} in single precision; curves, words and numbers in double precision.`,
      );
    },
    useCpu: async (reason) => {
      await adopt(undefined);
      say(
        `${reason} The processor computes every figure here and now, in double precision, with fewer points.`,
        true,
      );
    },
    lost: (message) => {
      document.documentElement.dataset.lost = '';
      say(`The GPU was lost${message === '' ? '' : ` (${message})`}. Opening it again.`, true);
    },
    failed: fail,
  };
}

/** Tells figures apart by where they are: near ones are computed, those in the window drift. */
function watchPlaces(figures: readonly Live[]): ReadonlySet<Live> {
  const seen = new Set<Live>();
  const of = (element: Element) => figures.find(({ root }) => root === element);
  const near = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        of(target)?.show().catch(fail);
      }
    },
    { rootMargin: NEAR },
  );
  const inside = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const figure = of(target);
      if (!figure) continue;
      if (isIntersecting) seen.add(figure);
      else seen.delete(figure);
    }
  });
  for (const { root } of figures) {
    near.observe(root);
    inside.observe(root);
  }
  return seen;
}

/** Marks the number of the section that is read: the one across the middle of the window. */
function watchReading(): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>('.toc a')];
  const reading = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const link = links.find(({ hash }) => hash === `#${target.id}`);
        if (isIntersecting) link?.setAttribute('aria-current', 'true');
        else link?.removeAttribute('aria-current');
      }
    },
    { rootMargin: '-45% 0px -54% 0px' },
  );
  for (const section of document.querySelectorAll('.idea')) reading.observe(section);
}

/** Sizes that change are followed once for each figure and frame. */
function watchSizes(figures: readonly Live[]): void {
  const known = new Map<Element, number>();
  const observer = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) {
      const before = known.get(target);
      known.set(target, contentRect.width);
      if (before !== undefined && before !== contentRect.width)
        figures.find(({ root }) => root === target)?.resize();
    }
  });
  for (const { root } of figures) observer.observe(root);
}

/** The flow can be held: what moves for long must be able to stand still. */
function startHold(clock: FlowClock): void {
  const button = byId('hold');
  button.addEventListener('click', () => {
    clock.held = !clock.held;
    button.setAttribute('aria-pressed', String(clock.held));
  });
}

async function main(): Promise<void> {
  const opening = openCanvas();
  const studio: Studio = {
    simulator: new Simulator(new CpuBackend()),
    gpu: undefined,
    palette: readPalette(),
    dark: isDark(),
    drifting: !reducedMotion.matches,
    fail,
  };
  const figures = FIGURES.map((create) => create(studio));
  const redraw = () => {
    studio.dark = isDark();
    studio.palette = readPalette();
    studio.drifting = !reducedMotion.matches;
    for (const figure of figures) figure.redraw().catch(fail);
  };
  startTheme(redraw);
  redraw();
  reducedMotion.addEventListener('change', redraw);
  const clock = new FlowClock();
  startHold(clock);
  startPrinting(studio, figures, redraw);
  watchSizes(figures);
  watchReading();
  const seen = watchPlaces(figures);
  clock.start(() => {
    for (const figure of seen) figure.drift(clock.seconds);
  });
  await keepDevice(hostOf(studio, figures, clock), opening);
}

main().catch(fail);
