/** Of every test in Chromium: the adapter that its page gets. */
import { adapterName, noteAdapter } from '../setup/adapter.js';

const adapter = await navigator.gpu.requestAdapter();
const version = /Chrome\/(\d+)/.exec(navigator.userAgent)?.[1] ?? '';
const name = adapter ? adapterName(adapter, `Chromium ${version}`) : undefined;

noteAdapter(() => name);
