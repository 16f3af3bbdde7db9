/** Of every test in Chromium: the adapter that its pages get. */
import { noteAdapter } from '../setup/adapter.js';

const adapter = await navigator.gpu.requestAdapter();
const browser =
  /Chrom(?:e|ium)\/\d+/.exec(navigator.userAgent)?.[0].replace(/.*\//, 'Chromium ') ?? 'unknown browser';
const name = adapter ? `${adapter.info.vendor} / ${adapter.info.architecture}, ${browser}` : undefined;

noteAdapter(() => name);
