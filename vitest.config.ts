import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { computeWithDawn } from './test/browser/dawn-command.js';
import { chromiumOptions } from './test/chromium.js';

/** SwiftShader out of Debian's chromium: the driver of all GPU tests unless the caller names another one. */
const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';
const dawnEnvironment = {
  VK_ICD_FILENAMES: process.env.VK_ICD_FILENAMES ?? SWIFTSHADER,
  XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? '/tmp',
};

/** Kernels are slow on a software adapter beside other work. No `extends` below: it would repeat globalSetup. */
const times = { testTimeout: 120_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    ...times,
    globalSetup: 'test/global-setup.ts',
    reporters: ['default', './test/closing-line.ts'],
    projects: [
      {
        test: {
          ...times,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.gpu.test.ts', 'test/browser/**', 'test/pages/**'],
        },
      },
      {
        // A process for each file, one at a time: Dawn may crash, and environment variables reach it in forks only.
        test: {
          ...times,
          name: 'gpu',
          include: ['test/**/*.gpu.test.ts'],
          setupFiles: 'test/setup/dawn.ts',
          pool: 'forks',
          fileParallelism: false,
          env: dawnEnvironment,
        },
      },
      {
        // A dependency found late would reload the page amid the tests.
        optimizeDeps: { include: ['ml-matrix', 'wgsl-preprocessor/wgsl-preprocessor.js'] },
        test: {
          ...times,
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          setupFiles: 'test/browser/setup.ts',
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: chromiumOptions }),
            instances: [{ browser: 'chromium' }],
            commands: { computeWithDawn: computeWithDawn(dawnEnvironment) },
          },
        },
      },
      {
        test: {
          ...times,
          name: 'pages',
          include: ['test/pages/**/*.test.ts'],
          fileParallelism: false,
        },
      },
    ],
  },
});
