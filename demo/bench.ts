/**
 * `npm run bench` in the visitor's browser: the same cases and the same measuring code. Every row is verified before it is
 * timed; JavaScript loops run in a worker. `?quick` in the address runs tiny sizes and three rounds, for tests and the curious:
 * its numbers say nothing.
 */
import text from '../models/two-attractor-sigmoid.json?raw';
import { measureBasins } from '../bench/basins.js';
import { SIZES } from '../bench/cases.js';
import { measureField } from '../bench/fields.js';
import type { Loops } from '../bench/loops.js';
import type { RaceOptions } from '../bench/race.js';
import {
  axisSvg,
  milliseconds,
  ratioSvg,
  ratioWords,
  rowOf,
  rowsOfBasins,
  type BenchRow,
} from './bench/rows.js';
import { loopsInWorker } from './bench/worker-loops.js';
import { openGpu, type GpuBackend } from './library.js';
import { byId, sentence } from './page/text.js';
import { startTheme } from './page/theme.js';

const quick = new URLSearchParams(location.search).has('quick');
const PLAN = quick
  ? {
      rounds: 3,
      sizes: [
        { n: 2, size: 64, goal: undefined },
        { n: 16, size: 32, goal: undefined },
      ],
      basins: { rounds: 3, size: 64, turn: 1, warmUp: 1 },
    }
  : { rounds: 15, sizes: SIZES, basins: { rounds: 9 } };

interface Outcome {
  readonly rows: readonly BenchRow[];
  /** What the JSON holds. */
  readonly measured: unknown;
}

interface Case {
  readonly name: string;
  readonly run: (backend: GpuBackend, loops: Loops, options: Omit<RaceOptions, 'rounds'>) => Promise<Outcome>;
}

const CASES: readonly Case[] = [
  ...PLAN.sizes.map((size): Case => ({
    name: `energy, N = ${String(size.n)}, ${String(size.size)} x ${String(size.size)}`,
    run: async (backend, loops, options) => {
      const measured = await measureField(backend, size, { ...options, rounds: PLAN.rounds }, loops);
      return { rows: [rowOf(measured)], measured };
    },
  })),
  {
    name: 'basins, two-attractor-sigmoid',
    run: async (backend, loops, options) => {
      const measured = await measureBasins(backend, text, { ...options, ...PLAN.basins, loops });
      return { rows: rowsOfBasins(measured), measured };
    },
  },
];

const [start, cancel, save] = ['start', 'cancel', 'save'].map((id) => byId(id) as HTMLButtonElement);
const progress = byId('progress') as HTMLProgressElement;
const table = byId('rows');

const say = (words: string) => {
  byId('status').textContent = words;
};

function cell(name: string, content: string | { readonly svg: string }, className = ''): HTMLElement {
  const element = Object.assign(document.createElement(name), { className });
  // SVG is made of numbers alone.
  if (typeof content === 'string') element.textContent = content;
  else element.innerHTML = content.svg;
  return element;
}

/** A name as it is printed: 512 × 512. */
const spelt = (name: string): string => name.replace(/(?<=\d) x (?=\d)/, ' × ');

/** What the bench will measure, until it has: the rows are there before their numbers. */
function showWaiting(): readonly HTMLElement[] {
  const lines = CASES.map(({ name }) => {
    const line = document.createElement('tr');
    const head = cell('th', spelt(name));
    head.setAttribute('scope', 'row');
    const words = cell('td', 'not measured yet', 'faint');
    words.setAttribute('colspan', '6');
    line.append(head, words);
    return line;
  });
  table.replaceChildren(...lines);
  return lines;
}

function showRow(row: BenchRow, before: HTMLElement): void {
  const line = document.createElement('tr');
  const head = cell('th', spelt(row.name));
  head.setAttribute('scope', 'row');
  head.append(cell('small', row.details));
  line.append(
    head,
    cell('td', { svg: ratioSvg(row.ratio) }, 'picture'),
    cell('td', ratioWords(row.ratio), 'num ratio'),
    cell('td', milliseconds(row.ours), 'num ours'),
    cell('td', milliseconds(row.theirs), 'num theirs'),
    cell('td', row.compares),
    cell('td', `✓ ${row.checked}`, 'cert'),
  );
  before.before(line);
}

function showVoid(name: string, why: string, before: HTMLElement): void {
  const line = document.createElement('tr');
  const head = cell('th', name);
  head.setAttribute('scope', 'row');
  const words = cell('td', `Void: ${why}.`, 'blind');
  words.setAttribute('colspan', '6');
  line.append(head, words);
  before.before(line);
}

/** The adapter, opened once; undefined where there is none, and then the page has said why. */
async function open(): Promise<GpuBackend | undefined> {
  const { gpu } = navigator as { readonly gpu?: GPU };
  byId('cores').textContent = String(navigator.hardwareConcurrency);
  byId('rounds').textContent =
    `${String(PLAN.rounds)} (fields), ${String(PLAN.basins.rounds)} (basins)${quick ? ', quick: tiny sizes' : ''}`;
  try {
    if (!gpu) throw new Error('this browser offers no WebGPU');
    const opened = await openGpu(gpu, { asynchronousPipelines: true, tries: 3 });
    byId('adapter').textContent = opened.info.name;
    const kind = byId('kind');
    kind.textContent = opened.info.software ? 'software: not the figures of a GPU' : 'hardware';
    kind.classList.toggle('care', opened.info.software);
    return opened;
  } catch (error) {
    byId('adapter').textContent = 'none';
    byId('kind').textContent = 'no GPU';
    say(`Nothing to measure: ${error instanceof Error ? sentence(error.message) : 'no GPU.'}`);
    return undefined;
  }
}

async function run(device: GpuBackend): Promise<void> {
  const stop = new AbortController();
  const isCancelled = () => stop.signal.aborted;
  const end = () => {
    stop.abort(new DOMException('cancelled', 'AbortError'));
  };
  let hidden = document.hidden;
  const watch = () => {
    hidden ||= document.hidden;
  };
  document.addEventListener('visibilitychange', watch);
  cancel.addEventListener('click', end);
  [start.hidden, cancel.hidden, save.hidden, progress.hidden] = [true, false, true, false];
  cancel.focus();
  const waiting = showWaiting();
  const done: unknown[] = [];
  using loops = loopsInWorker(stop.signal);
  for (const [k, { name, run: measure }] of CASES.entries()) {
    if (isCancelled()) break;
    say(`${name}: verifying, warming up.`);
    progress.value = k / CASES.length;
    try {
      const { rows, measured } = await measure(device, loops, {
        signal: stop.signal,
        onProgress: ({ done: rounds, total }) => {
          progress.value = (k + rounds / total) / CASES.length;
          if (rounds < total) say(`${name}: round ${String(rounds + 1)} of ${String(total)}.`);
        },
      });
      for (const row of rows) showRow(row, waiting[k]);
      done.push(measured);
    } catch (error) {
      if (isCancelled()) break;
      const why = error instanceof Error ? error.message : String(error);
      showVoid(name, why, waiting[k]);
      done.push({ name, void: why });
    }
    waiting[k].remove();
  }
  document.removeEventListener('visibilitychange', watch);
  cancel.removeEventListener('click', end);
  [start.hidden, cancel.hidden, save.hidden, progress.hidden] = [false, true, done.length === 0, true];
  start.textContent = 'Run again';
  start.focus();
  const note = hidden
    ? ' The page was hidden meanwhile: browsers slow such pages down, so these times are not to be quoted.'
    : '';
  say(
    `${isCancelled() ? `Cancelled after ${String(done.length)} of ${String(CASES.length)} cases.` : 'Done.'}${note}`,
  );
  result = {
    format: 'memscape-bench/1',
    at: new Date().toISOString(),
    adapter: device.info,
    machine: { cores: navigator.hardwareConcurrency, browser: navigator.userAgent },
    quick,
    hidden,
    cancelled: isCancelled(),
    rows: done,
  };
}

let result: object | undefined;

save.addEventListener('click', () => {
  const href = URL.createObjectURL(
    new Blob([`${JSON.stringify(result, null, 2)}\n`], { type: 'application/json' }),
  );
  Object.assign(document.createElement('a'), { href, download: 'memscape-bench.json' }).click();
  setTimeout(() => {
    URL.revokeObjectURL(href);
  }, 60_000);
});
byId('axis').innerHTML = axisSvg();
showWaiting();
startTheme(() => undefined);
const backend = await open();
start.disabled = backend === undefined;
start.addEventListener('click', () => {
  if (backend)
    run(backend).catch((error: unknown) => {
      say(`The bench failed: ${String(error)}`);
      throw error;
    });
});
document.documentElement.dataset.ready = '';
