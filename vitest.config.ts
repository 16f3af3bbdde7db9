import { defineConfig } from 'vitest/config';

/** SwiftShader out of Debian's chromium: the only driver that the tests need, and the one they name. */
const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';
const testTimeout = 120_000;
const chromium = process.env.MEMSCAPE_CHROMIUM ?? '/usr/bin/chromium';

export default defineConfig({
  test: {
    testTimeout,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.gpu.test.ts', 'test/browser/**', 'test/pages/**'],
          testTimeout,
        },
      },
      {
        test: {
          name: 'gpu',
          include: ['test/**/*.gpu.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          env: { VK_ICD_FILENAMES: process.env.VK_ICD_FILENAMES ?? SWIFTSHADER, XDG_RUNTIME_DIR: '/tmp' },
          testTimeout,
        },
      },
    ],
  },
});
void chromium;
