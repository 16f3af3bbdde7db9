/**
 * Builds what tests start as a user would, once for all projects: dist/ (the GPU child and worker threads, which Node
 * cannot run as TypeScript) and the pages, which it serves for the project `pages`: `inject('pages')` is their address.
 * MEMSCAPE_SKIP_BUILD=1 takes dist/ as it is.
 */
import { existsSync } from 'node:fs';
import { build, preview } from 'vite';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the built demo, with a slash at its end. */
    pages: string;
  }
}

const demo = { configFile: 'vite.demo.config.ts', logLevel: 'warn' } as const;

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const hasPages = existsSync('demo/index.html');
  if (process.env.MEMSCAPE_SKIP_BUILD !== '1') {
    await build({ logLevel: 'warn' });
    await build({ configFile: 'vite.bundle.config.ts', logLevel: 'warn' });
    if (hasPages) await build(demo);
  }
  if (!hasPages) return undefined;
  const server = await preview({ ...demo, preview: { host: '127.0.0.1', port: 0 } });
  project.provide('pages', server.resolvedUrls?.local[0] ?? '');
  return () => server.close();
}
