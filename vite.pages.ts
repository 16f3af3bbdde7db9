import { existsSync, readFileSync } from 'node:fs';
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

/**
 * What pages have in common is written once: `<!-- include NAME -->` becomes fragments/NAME.html, and `<!-- pages -->` links
 * to all pages there are, the one it stands in marked as the current one.
 * @throws Error where a page names a fragment that is not there.
 */
export function composePages(root: string): Plugin {
  const links = (filename: string) =>
    PAGES.filter(([file]) => existsSync(join(root, file)))
      .map(([file, words]) => {
        const here = file === basename(filename) ? ' aria-current="page"' : '';
        return `<a href="./${file}"${here}>${words}</a>`;
      })
      .join('\n');
  return {
    name: 'memscape:compose-pages',
    transformIndexHtml: {
      order: 'pre',
      handler: (html, { filename, server }) =>
        html
          .replaceAll(/<!-- include (\w+) -->/g, (_, name: string) =>
            readFileSync(join(root, 'fragments', `${name}.html`), 'utf8').trim(),
          )
          .replaceAll('<!-- pages -->', links(filename))
          // The development server puts styles that scripts import into the page; built ones are files.
          .replace("style-src 'self'", server ? "style-src 'self' 'unsafe-inline'" : '$&'),
    },
  };
}
