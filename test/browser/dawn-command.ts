/** Runs a page's request in Node, with Dawn and the built library: `commands.computeWithDawn` of tests in Chromium. */
import type { BrowserCommand } from 'vitest/node';
import { compute, hashes, type Request } from './request.js';

export interface DawnResult {
  readonly adapter: string;
  /** FNV-1a of the field of each quantity. */
  readonly hashes: Readonly<Record<string, string>>;
}

declare module 'vitest/browser' {
  interface BrowserCommands {
    computeWithDawn: (request: Request) => Promise<DawnResult>;
  }
}

/** TypeScript cannot be forked, and the GPU child is a process: hence dist/, which global-setup.ts has built. */
const built = (file: string) =>
  import(new URL(`../../dist/${file}`, import.meta.url).href) as Promise<unknown>;

export function computeWithDawn(driver: Readonly<Record<string, string>>): BrowserCommand<[Request]> {
  return async (_, request): Promise<DawnResult> => {
    const library = (await built('index.js')) as typeof import('../../src/index.js');
    const { openSupervisedGpu } = (await built('node.js')) as typeof import('../../src/node.js');
    const gpu = await openSupervisedGpu({ ...process.env, ...driver });
    const simulator = new library.Simulator(gpu);
    try {
      return { adapter: gpu.info.name, hashes: hashes(await compute(library, simulator, request)) };
    } finally {
      await simulator.dispose();
    }
  };
}
