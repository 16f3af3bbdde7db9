import { existsSync } from 'node:fs';
import { defineConfig } from 'vite';

/** Files that something outside starts by name: a package export, a bin, a process or a thread. */
const entries = [
  'src/index.ts',
  'src/node.ts',
  'src/cli/main.ts',
  'src/gpu/child.ts',
  'src/cpu/worker.node.ts',
  'src/cpu/worker.web.ts',
];

/** The library and the command line: dist/ mirrors src/, so `new URL('./child.js', import.meta.url)` is right. */
export default defineConfig({
  publicDir: false,
  build: {
    target: 'es2023',
    minify: false,
    // Tests and `npm start` build as well, and must not delete declarations and pages; `npm run build` empties dist.
    emptyOutDir: false,
    lib: { entry: entries.filter((path) => existsSync(path)), formats: ['es'] },
    rolldownOptions: {
      external: [/^node:/, /^[^./]/],
      output: { preserveModules: true, preserveModulesRoot: 'src', entryFileNames: '[name].js' },
    },
  },
});
