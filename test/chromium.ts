/** Headless Chromium as tests and benches start it. */
import { chromium, type Browser } from 'playwright-core';

/**
 * The one set of flags (of twenty tried) with which headless Chromium has WebGPU on SwiftShader and shows its canvases;
 * with --disable-vulkan-surface too, canvases stay empty. MEMSCAPE_CHROMIUM_FLAGS takes their place, e.g. on a real GPU.
 */
const SWIFTSHADER_FLAGS =
  '--no-sandbox --enable-unsafe-webgpu --enable-features=Vulkan --use-vulkan=swiftshader --use-angle=swiftshader';

export const chromiumOptions = {
  executablePath: process.env.MEMSCAPE_CHROMIUM ?? '/usr/bin/chromium',
  args: (process.env.MEMSCAPE_CHROMIUM_FLAGS ?? SWIFTSHADER_FLAGS).split(' ').filter((flag) => flag !== ''),
};

export const launch = (): Promise<Browser> => chromium.launch(chromiumOptions);
