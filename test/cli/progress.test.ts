import { PassThrough } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import { openProgress } from '../../src/cli/progress.js';

afterEach(() => {
  vi.restoreAllMocks();
});

function terminal(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 80 });
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text };
}

async function shown(isTTY: boolean, milliseconds: number): Promise<string> {
  const { stream, text } = terminal(isTTY);
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
  const report = openProgress(stream, 'field');
  clock.mockReturnValue(milliseconds);
  report.update({ done: 1, total: 4 });
  report.update({ done: 2, total: 4 });
  report.stop();
  await new Promise((resolve) => setImmediate(resolve));
  return text();
}

test('a bar appears after a second, on a terminal', async () => {
  expect(await shown(true, 1500)).toContain('field');
});

test('short work and other streams get none', async () => {
  expect(await shown(true, 900)).toBe('');
  expect(await shown(false, 1500)).toBe('');
});
