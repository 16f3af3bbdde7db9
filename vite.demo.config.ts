import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vite';
import { minifyWgsl } from './vite.bundle.config.js';
import { drawGallery } from './vite.gallery.js';
import { linkPages } from './vite.pages.js';

const root = 'demo';
const LATER = 'assets/later';
/** Sources of which the first picture needs none by themselves: a chunk of nothing else is loaded on demand. */
const ON_DEMAND =
  /\/src\/(basins|flow|figures?)\/|\/src\/analysis\/(box|integrate|jobs|settle)\.|\/src\/plan\/advance\.|\/src\/model\/(difference|piecewise)|\/src\/wgsl\/reference-run\.|\/shaders\/difference\/|\/demo\/plot\/nullclines\./;

/** Every html file of demo/ is a page; `base: './'` lets the built pages live in any folder of a web server. */
export default defineConfig({
  root,
  base: './',
  plugins: [minifyWgsl(), drawGallery(), linkPages(root)],
  // Shaders, models and the library lie beside demo/.
  server: { fs: { allow: ['..'] } },
  worker: {
    format: 'es',
    plugins: () => [minifyWgsl()],
    rolldownOptions: {
      output: { entryFileNames: `${LATER}/[name]-[hash].js`, chunkFileNames: `${LATER}/[name]-[hash].js` },
    },
  },
  build: {
    target: 'es2023',
    outDir: '../dist/demo',
    emptyOutDir: true,
    rolldownOptions: {
      output: {
        // What the first picture does not need lies in a folder of its own, so that budgets can tell the two apart.
        chunkFileNames: ({ isDynamicEntry, facadeModuleId, moduleIds }) => {
          const own = isDynamicEntry && facadeModuleId?.includes('/demo/') === true;
          const later = own || moduleIds.every((id) => ON_DEMAND.test(id));
          return `${later ? LATER : 'assets'}/[name]-[hash].js`;
        },
        assetFileNames: ({ names }) =>
          `${names.some((name) => name === 'basins.css' || name === 'predict.css') ? LATER : 'assets'}/[name]-[hash][extname]`,
      },
      input: existsSync(root)
        ? readdirSync(root)
            .filter((name) => name.endsWith('.html'))
            .map((name) => join(root, name))
        : [],
    },
  },
});
