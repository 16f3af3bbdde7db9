import { defineConfig, type Plugin } from 'vite';

/**
 * Drops comments from WGSL and shortens its indentation. Line breaks stay, so that `fragment:line` of a compile error
 * is right, and so does column 0, by which wgsl/functions.ts finds declarations.
 */
export function minifyWgsl(): Plugin {
  return {
    name: 'memscape:minify-wgsl',
    apply: 'build',
    transform: {
      filter: { id: /\.wgsl\?raw$/ },
      handler: (code) => ({
        code: code.replace(/".*"/s, (text) => JSON.stringify(shorten(String(JSON.parse(text))))),
        map: null,
      }),
    },
  };
}

/** Spaces go around signs that cannot join with a neighbour: never around + and -, for `a - -b`. */
const shorten = (wgsl: string) =>
  wgsl
    .replace(/ *\/\/.*$/gm, '')
    .replace(/^ +/gm, ' ')
    .replace(/^ .*$/gm, (line) => ' ' + line.slice(1).replace(/ ?([*/=,;:&|?]+) ?/g, '$1'));

/**
 * `--mode NAME`; those of out/size are only weighed (.size-limit.json): each is one file with all that its entry loads at
 * once, and what is loaded on demand is left out of it.
 */
const bundles: Readonly<Record<string, { entry: string; file: string; outDir: string }>> = {
  production: { entry: 'src/bundle.ts', file: 'memscape.min.js', outDir: 'dist' },
  'size-index': { entry: 'src/index.ts', file: 'index.js', outDir: 'out/size' },
  'size-analysis': { entry: 'src/analysis/index.ts', file: 'analysis.js', outDir: 'out/size' },
  'size-kernels': { entry: 'test/package/kernels.ts', file: 'kernels.js', outDir: 'out/size' },
  'size-resolve': { entry: 'src/model/resolve.ts', file: 'resolve.js', outDir: 'out/size' },
  'size-linalg': { entry: 'src/math/linalg.ts', file: 'linalg.js', outDir: 'out/size' },
  'size-search': { entry: 'src/analysis/find-run.ts', file: 'find-run.js', outDir: 'out/size' },
  'size-census': { entry: 'src/analysis/census-run.ts', file: 'census-run.js', outDir: 'out/size' },
};

/** Modules that are imported on demand. */
const onDemand =
  /\/(?:probe|difference|reference-run|resolve|linalg|census-run|find-run|map-run|system|boundary|comparison|fractions|integrate|iterate|proved|shock)\.js$/;

/** `memscape.min.js`: all of src/bundle.ts in one file, for a bare `<script type="module">`. */
export default defineConfig(({ mode }) => {
  const { entry, file, outDir } = bundles[mode in bundles ? mode : 'production'];
  return {
    publicDir: false,
    plugins: [minifyWgsl()],
    build: {
      target: 'es2023',
      outDir,
      emptyOutDir: false,
      lib: { entry, formats: ['es'] },
      rolldownOptions: {
        ...(outDir === 'dist' ? {} : { external: onDemand }),
        output: { minify: true, codeSplitting: false, entryFileNames: file },
      },
    },
  };
});
