/** Work that may wait until nobody waits for the page, and a second at most. */
export const idle = (work: () => void): void => {
  // Safari has no idle callbacks.
  if ('requestIdleCallback' in globalThis) requestIdleCallback(work, { timeout: 1000 });
  else setTimeout(work, 32);
};

/** Lets the page answer, draw and scroll before what follows; timers would wait for milliseconds. */
const nextTask = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });

/**
 * Milliseconds of work after which the page gets a turn: with the piece that follows it a task stays below 50. Sooner, and
 * frames come between the pieces of a picture that a hand waits for, which takes twice as long.
 */
const TURN = 32;

/** Work in pieces, all in the task that is under way. */
export function atOnce(pieces: Iterator<unknown>): void {
  while (!pieces.next().done);
}

/** Work in pieces, each in a task of its own once the task that is under way has lasted. */
export async function inTurns(pieces: Iterator<unknown>): Promise<void> {
  await nextTask();
  let began = performance.now();
  while (!pieces.next().done) {
    if (performance.now() - began < TURN) continue;
    await nextTask();
    began = performance.now();
  }
}
