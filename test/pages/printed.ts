/** The command that the Export panel prints, and what it computes. */
import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';

export async function openPanel(page: Page, size: number, side: string): Promise<void> {
  await page.locator('#export').click();
  await page.locator('#export-panel').waitFor();
  await page.locator('#export-size').fill(String(size));
  await page.locator(`input[name="export-side"][value="${side}"]`).check();
}

export /** Runs what the panel prints in an empty folder, with the command line of this repository. */
async function runPrinted(command: string, more = ''): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'memscape-export-'));
  const script = `${command} ${more}`.replace('npx memscape', `node ${resolve('dist/cli/main.js')}`);
  await promisify(execFile)('bash', ['-euc', script], { cwd: folder });
  return folder;
}
