/** Computes exports: an archive of arrays, and a figure drawn as the command line draws it. */
import type { Snapshot } from '../explorer.js';
import { CpuBackend, Simulator, type CpuOptions, type WorkerHandle } from '../library.js';
import {
  fieldFigure,
  gridFacts,
  lineFigure,
  survey,
  Tally,
  writeNpz,
  type Figure,
  type NamedArray,
  type Panel,
  type PlotCurve,
} from '../figures.js';
import { nullclines } from '../plot/nullclines.js';
import type { Point } from '../state/state.js';
import { QUANTITIES, type Piece } from './view.js';

export interface Work {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { readonly done: number; readonly total: number }) => void;
}

/** Starts a thread that computes in f64. */
function startWorker(): WorkerHandle {
  const worker = new Worker(new URL('../../src/cpu/worker.web.ts', import.meta.url), { type: 'module' });
  return {
    send: (message) => {
      worker.postMessage(message);
    },
    onMessage: (listener) => {
      worker.onmessage = ({ data }: MessageEvent<Parameters<typeof listener>[0]>) => {
        listener(data);
      };
    },
    onFailure: (listener) => {
      worker.onerror = ({ message }) => {
        listener(message);
      };
    },
    terminate: () => {
      worker.terminate();
      return Promise.resolve();
    },
  };
}

/** A simulator on what the page draws with; on the CPU one with threads, so that the page goes on. */
function simulatorOf({ gpu }: Snapshot): { simulator: Simulator; end: () => Promise<void> } {
  if (gpu) return { simulator: new Simulator(gpu), end: () => Promise.resolve() };
  const options: CpuOptions = { threads: Math.max(1, navigator.hardwareConcurrency - 1), startWorker };
  const cpu = new CpuBackend(options);
  return {
    simulator: new Simulator(cpu, cpu),
    end: () => cpu.dispose(),
  };
}

/** Runs `work` with a simulator, whose threads end with it. */
async function withTally<T>(snapshot: Snapshot, work: Work, run: (tally: Tally) => Promise<T>): Promise<T> {
  const { simulator, end } = simulatorOf(snapshot);
  try {
    return await run(new Tally(simulator, work));
  } finally {
    await end();
  }
}

/** Centres of the cells of an axis. */
const centres = ([low, high]: readonly [number, number], count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => low + ((high - low) * (i + 0.5)) / count);

/**
 * Fields, axes and fixed points of landscapes; the same view gives the same bytes. Two landscapes have their names
 * before those of their arrays.
 */
export function archiveOf(
  snapshot: Snapshot,
  pieces: readonly Piece[],
  work: Work,
): Promise<Uint8Array<ArrayBuffer>> {
  return withTally(snapshot, work, async (tally) => {
    const record: Record<string, NamedArray | readonly string[]> = {};
    for (const { side, problem, grid, reference, model, command } of pieces) {
      const measured = reference ? { reference } : {};
      const name = (own: string) => (pieces.length > 1 ? `${side}.${own}` : own);
      const { fields } = await tally.evaluate({
        problem,
        sampling: grid,
        quantities: QUANTITIES,
        ...measured,
      });
      for (const [quantity, { data, shape }] of fields) record[name(quantity)] = { data, shape };
      for (const [k, axis] of (['s', 't'] as const).slice(0, grid.axes.length).entries())
        record[name(axis)] = { data: centres(grid.extent[k], grid.size[k]), shape: [grid.size[k]] };
      const n = problem.network.size;
      record[name('origin')] = { data: Float64Array.from(grid.origin), shape: [n] };
      if (reference) record[name('reference')] = { data: Float64Array.from(reference.state), shape: [n] };
      const axes = Float64Array.from(grid.axes.flatMap((axis) => [...axis]));
      record[name('axes')] = { data: axes, shape: [grid.axes.length, n] };
      const { points } = snapshot.scenes[side].search;
      record[name('points')] = {
        data: Float64Array.from(points.flatMap(({ state }) => [...state])),
        shape: [points.length, n],
      };
      record[name('point_names')] = points.map((point) => point.name);
      record[name('point_classes')] = points.map(({ kind }) => kind);
      const checks = Object.fromEntries(
        [...fields].map(([quantity, { computedBy, check }]) => [
          quantity,
          { computedBy: computedBy.name, ...(check ? { check } : {}) },
        ]),
      );
      // What stands in the result of the command, but for times: those differ.
      const from = reference ? { reference: { state: [...reference.state], energy: reference.energy } } : {};
      const facts = { hash: problem.hash, grid: gridFacts(grid), ...from, fields: checks };
      record[name('facts')] = [JSON.stringify(facts)];
      record[name('model')] = [JSON.stringify(model)];
      record[name('command')] = [command];
    }
    return writeNpz(record);
  });
}

/** The path that the reader launched, and nullclines where they are shown, in the plane of the figure. */
function curvesOf({ state, scenes, view }: Snapshot, { side, reference }: Piece): PlotCurve[] {
  const { path, exact } = scenes[side];
  // Places of a deep box are counted from its middle.
  const [u, v] = reference ? [view.x, view.y].map(([low, high]) => (low + high) / 2) : [0, 0];
  const curve = (kind: PlotCurve['kind'], points: readonly Point[]): PlotCurve => ({
    kind,
    points: points.map(([a, b]): Point => [a - u, b - v]),
  });
  const own = curve(
    'path',
    path.points.map(({ y }) => y),
  );
  if (!state.shown.nullclines || exact.problem.network.size !== 2) return [own];
  const lines = nullclines(exact, view).flatMap(({ lines: all }) => all);
  return [...lines.map((points) => curve('nullcline', points)), own];
}

/** The figure of landscapes side by side; with the speeds above them where the page shows those. */
export function figureOf(snapshot: Snapshot, pieces: readonly Piece[], work: Work): Promise<Figure> {
  return withTally(snapshot, work, async (tally) => {
    const { pair } = snapshot;
    const drawn: Column[] = [];
    for (const piece of pieces) drawn.push(await column(snapshot, piece, tally));
    const rows = drawn[0].panels.map((_, row): Panel[] => drawn.map(({ panels }) => panels[row]));
    const same = pair.right.problem.design.kind === 'identity';
    const captions = same ? drawn.slice(-1) : drawn;
    return {
      title: drawn[0].title,
      panels: rows,
      caption: captions.map(({ caption }) => caption).join(' '),
      honesty: tally.honesty('fixed points: Newton in f64', 'energy'),
    };
  });
}

interface Column {
  readonly title: string;
  /** From the top. */
  readonly panels: readonly Panel[];
  readonly caption: string;
}

async function column(snapshot: Snapshot, piece: Piece, tally: Tally): Promise<Column> {
  const { problem, grid, reference } = piece;
  const measured = reference ? { reference } : {};
  const { layout, map: colourMap } = snapshot.state;
  const quantities = layout === 'four' ? (['energy', 'speed'] as const) : (['energy'] as const);
  const { fields } = await tally.evaluate({ problem, sampling: grid, quantities, ...measured });
  const field = (quantity: 'energy' | 'speed') => {
    const found = fields.get(quantity);
    if (!found) throw new RangeError(`'${quantity}' was not computed`);
    return { problem, grid, quantity, field: found, ...measured };
  };
  if (grid.axes.length === 1) {
    const { figure } = await lineFigure(field('energy'), tally);
    const { title, caption = '' } = figure;
    return { title, panels: [figure.panels[0][0]], caption };
  }
  const known = await survey(problem, grid, tally);
  const figure = await fieldFigure(field('energy'), known, tally);
  const add = (panel: Panel): Panel =>
    panel.kind === 'landscape'
      ? { ...panel, colourMap, curves: [...(panel.curves ?? []), ...curvesOf(snapshot, piece)] }
      : panel;
  const energy = add(figure.panels[0][0]);
  const { title, caption = '' } = figure;
  if (layout !== 'four') return { title, panels: [energy], caption };
  const speed = await fieldFigure(field('speed'), known, tally);
  const above = add(speed.panels[0][0]);
  const withFlow: Panel = above.kind === 'landscape' ? { ...above, flow: known.flow, style: 'flow' } : above;
  return { title, panels: [withFlow, energy], caption };
}
