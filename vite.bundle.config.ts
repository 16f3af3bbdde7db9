import { defineConfig } from 'vite';

/**
 * `memscape.min.js`: the whole of src/index.ts in one file, for a bare `<script type="module">`.
 * `--mode size` splits what is loaded on demand off instead, only to be weighed (.size-limit.json).
 */
export default defineConfig(({ mode }) => ({
  publicDir: false,
  build: {
    target: 'es2023',
    outDir: mode === 'size' ? 'out/size' : 'dist',
    emptyOutDir: mode === 'size',
    lib: { entry: 'src/index.ts', formats: ['es'] },
    rolldownOptions: {
      output: {
        minify: true,
        codeSplitting: mode === 'size',
        entryFileNames: 'memscape.min.js',
        chunkFileNames: '[name].js',
      },
    },
  },
}));
