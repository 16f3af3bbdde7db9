import { chmodSync } from 'node:fs';
import { defineConfig } from 'vite';

const commandLine = 'cli/main';

/** The library and the command line: dist/ mirrors src/, so `new URL('./child.js', import.meta.url)` is right. */
export default defineConfig({
  publicDir: false,
  plugins: [
    {
      name: 'memscape:executable',
      writeBundle: ({ dir }) => {
        chmodSync(`${dir ?? 'dist'}/${commandLine}.js`, 0o755);
      },
    },
  ],
  build: {
    target: 'es2023',
    minify: false,
    // Tests and `npm start` build as well, and must not delete declarations and pages; `npm run build` empties dist.
    emptyOutDir: false,
    lib: {
      // What something outside starts by name: package exports, the command, a process, threads.
      entry: [
        'index',
        'analysis/index',
        'node',
        commandLine,
        'gpu/child',
        'cpu/worker.node',
        'cpu/worker.web',
      ].map((name) => `src/${name}.ts`),
      formats: ['es'],
    },
    rolldownOptions: {
      external: [/^node:/, /^[^./]/],
      output: { preserveModules: true, preserveModulesRoot: 'src', entryFileNames: '[name].js' },
    },
  },
});
