import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { computeWithDawn } from './test/browser/dawn-command.js';

/** SwiftShader out of Debian's chromium: the driver of all GPU tests unless the caller names another one. */
const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';
const dawnEnvironment = {
  VK_ICD_FILENAMES: process.env.VK_ICD_FILENAMES ?? SWIFTSHADER,
  XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? '/tmp',
};

/**
 * The one set of flags (of twenty tried) with which headless Chromium has WebGPU on SwiftShader and shows its canvases;
 * with --disable-vulkan-surface too, canvases stay empty.
 */
const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--enable-features=Vulkan',
  '--use-vulkan=swiftshader',
  '--use-angle=swiftshader',
];

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
            provider: playwright({
              launchOptions: {
                executablePath: process.env.MEMSCAPE_CHROMIUM ?? '/usr/bin/chromium',
                args: CHROMIUM_FLAGS,
              },
            }),
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
          env: { MEMSCAPE_CHROMIUM_FLAGS: CHROMIUM_FLAGS.join(' ') },
          fileParallelism: false,
        },
      },
    ],
  },
});
