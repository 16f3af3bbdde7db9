import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { minifyWgsl } from './vite.bundle.config.js';
import { typesetFormulas } from './vite.formulas.js';
import { drawGallery } from './vite.gallery.js';
import { composePages } from './vite.pages.js';

const root = 'demo';
const LATER = 'assets/later';
/** What the article alone needs: its own budget, outside of the explorer's. */
const ARTICLE = 'assets/article';
/** Sources of which the first picture needs none by themselves: a chunk of nothing else is loaded on demand. */
const ON_DEMAND =
  /\/src\/(basins|flow|figures?)\/|\/src\/analysis\/(box|integrate|jobs|settle)\.|\/src\/plan\/advance\.|\/src\/model\/(difference|piecewise)|\/src\/wgsl\/reference-run\.|\/shaders\/difference\/|\/src\/io\/sha256\.|\/demo\/plot\/nullclines\./;

const folderOf = (names: readonly string[]): string => {
  if (names.includes('article.css')) return ARTICLE;
  return names.some((name) => name === 'basins.css' || name === 'predict.css') ? LATER : 'assets';
};

/** Every html file of demo/ is a page; `base: './'` lets the built pages live in any folder of a web server. */
export default defineConfig({
  root,
  base: './',
  plugins: [minifyWgsl(), typesetFormulas(), drawGallery(), composePages(root)],
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
        entryFileNames: ({ name }) => `${name === 'article' ? ARTICLE : 'assets'}/[name]-[hash].js`,
        // What the first picture does not need lies in a folder of its own, so that budgets can tell the two apart.
        chunkFileNames: ({ isDynamicEntry, facadeModuleId, moduleIds }) => {
          const own = isDynamicEntry && facadeModuleId?.includes('/demo/') === true;
          const later = own || moduleIds.every((id) => ON_DEMAND.test(id));
          return `${later ? LATER : 'assets'}/[name]-[hash].js`;
        },
        assetFileNames: ({ names }) => `${folderOf(names)}/[name]-[hash][extname]`,
      },
      input: existsSync(root)
        ? readdirSync(root)
            .filter((name) => name.endsWith('.html'))
            .map((name) => resolve(root, name))
        : [],
    },
  },
});
