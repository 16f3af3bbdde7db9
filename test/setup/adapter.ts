import { afterEach } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** What gave this test its devices; closing-line.ts counts by it. */
    adapter?: string;
  }
}

/** Notes with each test of a file which adapters computed for it, as known once the test is over. */
export function noteAdapter(name: () => string | undefined): void {
  afterEach(({ task }) => {
    const adapter = name();
    if (adapter !== undefined) task.meta.adapter = adapter;
  });
}

/** `SwiftShader driver 5.0.0 (software), Dawn`; Chromium tells no description. */
export function adapterName(adapter: GPUAdapter, host: string): string {
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  return `${description || `${vendor} / ${architecture}`}${isFallbackAdapter ? ' (software)' : ''}, ${host}`;
}
