import { defineConfig } from 'vite';

/** The bench as a program of its own beside the library's modules; it is not part of the package. */
export default defineConfig({
  publicDir: false,
  build: {
    target: 'es2023',
    minify: false,
    outDir: 'out/bench',
    emptyOutDir: true,
    lib: {
      entry: [
        'bench/main.ts',
        'bench/fixed-points.ts',
        'bench/interaction.ts',
        'src/gpu/child.ts',
        'src/cpu/worker.node.ts',
      ],
      formats: ['es'],
    },
    rolldownOptions: {
      external: [/^node:/, /^[^./]/],
      output: { preserveModules: true, preserveModulesRoot: '.', entryFileNames: '[name].js' },
    },
  },
});
