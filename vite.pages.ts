import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Plugin } from 'vite';

/** In the order in which they stand in every bar. */
const PAGES = [
  ['index.html', 'Explorer'],
  ['article.html', 'Article'],
  ['gallery.html', 'Gallery'],
  ['volume.html', 'Volume'],
  ['bench.html', 'Bench'],
] as const;

/** `<!-- pages -->` becomes links to all pages there are, the one it stands in marked as the current one. */
export function linkPages(root: string): Plugin {
  return {
    name: 'memscape:link-pages',
    transformIndexHtml: {
      order: 'pre',
      handler: (html, { filename }) =>
        html.replaceAll(
          '<!-- pages -->',
          PAGES.filter(([file]) => existsSync(join(root, file)))
            .map(([file, words]) => {
              const here = file === basename(filename) ? ' aria-current="page"' : '';
              return `<a href="./${file}"${here}>${words}</a>`;
            })
            .join('\n'),
        ),
    },
  };
}
