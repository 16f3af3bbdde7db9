/**
 * `npm run bench:interaction`: how soon the built explorer answers a hand, in headless Chromium on whatever adapter it has:
 * real mouse moves sixty times a second, and from asking to the picture being done (`memscape.answer` of the page), with
 * every task that held the page for more than 50 ms. Build first; a folder as argument takes another built site.
 */
import type { Page } from 'playwright-core';
import { preview } from 'vite';
import { launch } from '../test/chromium.js';
import { spread } from './statistics.js';

/** Fields of 512 x 512 at this size of window. */
const WINDOW = { width: 1500, height: 940 };
const ROUNDS = 6;
const MOVES = 40;
const FRAME = 1000 / 60;
/** Milliseconds after which the page is at rest again. */
const REST = 1500;
const GOAL = { answer: 100, task: 50 } as const;

type Place = readonly [x: number, y: number];

interface Gesture {
  readonly name: string;
  /** Where it begins: an element and a share of it. */
  readonly from: readonly [selector: string, u: number, v: number];
  /** Where the mouse is after a share of the way, from where it began; nothing is pressed for a wheel. */
  readonly way: (share: number) => Place;
  readonly by?: 'wheel' | 'Shift';
}

const swing = (size: number) => (share: number) => size * Math.sin(2 * Math.PI * share);
const sideways = (size: number) => {
  const at = swing(size);
  return (share: number): Place => [at(share), 0];
};

const GESTURES: readonly Gesture[] = [
  { name: 'an entry of W', from: ['#w-1-2', 0.5, 0.5], way: sideways(60) },
  { name: 'an entry of b', from: ['#b-1', 0.5, 0.5], way: sideways(60) },
  {
    name: 'pan',
    from: ['#left .plot', 0.75, 0.75],
    way: (share) => [swing(80)(share), swing(50)(share)],
    by: 'Shift',
  },
  { name: 'wheel', from: ['#right .plot', 0.4, 0.6], way: (share) => [0, swing(20)(share)], by: 'wheel' },
];

interface Seen {
  readonly answers: readonly number[];
  readonly tasks: readonly number[];
}

const pause = (milliseconds: number) =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)));

async function perform(page: Page, { from: [selector, u, v], way, by }: Gesture): Promise<void> {
  const box = await page.locator(selector).boundingBox();
  if (!box) throw new Error(`${selector} is not on the page`);
  const [x, y] = [box.x + u * box.width, box.y + v * box.height];
  await page.mouse.move(x, y);
  if (by === 'Shift') await page.keyboard.down(by);
  if (by !== 'wheel') await page.mouse.down();
  for (let k = 1; k <= MOVES; k++) {
    const due = performance.now() + FRAME;
    const [dx, dy] = way(k / MOVES);
    // A browser that is busy is not waited for: a hand would not wait either.
    if (by === 'wheel') void page.mouse.wheel(0, dy);
    else void page.mouse.move(x + dx, y + dy);
    await pause(due - performance.now());
  }
  if (by !== 'wheel') await page.mouse.up();
  if (by === 'Shift') await page.keyboard.up(by);
}

/** What a gesture brought about, once the page has come to rest. */
async function watch(page: Page, gesture: Gesture): Promise<Seen> {
  await page.evaluate("performance.clearMeasures('memscape.answer'); globalThis.longTasks.length = 0");
  await perform(page, gesture);
  const ended: number = await page.evaluate('performance.now()');
  await pause(REST);
  await page.locator('html:not([data-busy])').waitFor({ timeout: 60_000 });
  // Tasks of the rest count, where words are written and the picture is sharpened; its picture was not asked for by a hand.
  return page.evaluate(`({
    answers: performance.getEntriesByName('memscape.answer')
      .filter(({ startTime }) => startTime <= ${String(ended)}).map(({ duration }) => duration),
    tasks: [...globalThis.longTasks],
  })`);
}

const WATCH = `globalThis.longTasks = [];
  new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) longTasks.push(duration); })
    .observe({ type: 'longtask' });`;

const [folder = 'dist/demo'] = process.argv.slice(2);
const server = await preview({
  configFile: 'vite.demo.config.ts',
  logLevel: 'warn',
  build: { outDir: folder.startsWith('/') ? folder : `../${folder}` },
  preview: { host: '127.0.0.1', port: 0 },
});
const browser = await launch();
try {
  const page = await browser.newPage({ viewport: WINDOW });
  await page.addInitScript(WATCH);
  await page.goto(server.resolvedUrls?.local[0] ?? '');
  await page.locator('html[data-painter]:not([data-busy])').waitFor({ timeout: 60_000 });
  console.log(`${browser.version()}; ${(await page.locator('#facts').innerText()).replaceAll('\n', ' ')}`);
  const rounds: Record<string, Seen>[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const seen: Record<string, Seen> = {};
    for (const gesture of GESTURES) seen[gesture.name] = await watch(page, gesture);
    rounds.push(seen);
  }
  const whole = (value: number) => String(Math.round(value)).padStart(4);
  for (const { name } of GESTURES) {
    const seen = rounds.map((round) => round[name]);
    const answers = seen.flatMap((s) => s.answers);
    const tasks = seen.flatMap((s) => s.tasks);
    const { median, lower, upper } = spread(answers);
    console.log(
      `${name.padEnd(14)} answer ${whole(median)} ms (${whole(lower)} -${whole(upper)}; first round ${whole(spread(seen[0].answers).median)}; ${String(answers.length)} answers)  ` +
        `${median <= GOAL.answer ? 'met   ' : 'MISSED'}  tasks over ${String(GOAL.task)} ms: ${String(tasks.length)}${tasks.length > 0 ? ` (longest ${whole(Math.max(...tasks))})` : ''} of ${String(ROUNDS * MOVES)} moves`,
    );
  }
} finally {
  await browser.close();
  await server.close();
}
