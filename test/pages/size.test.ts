/** What each built page loads before anything is on demand: its html, and the scripts and styles that the html names. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const root = 'dist/demo';
const pages = readdirSync(root).filter((name) => name.endsWith('.html'));

/** kB, gzip. The explorer is what most links open; the whole site may take 300 for its first paint. */
const LIMITS: Readonly<Record<string, number>> = { 'index.html': 170 };
const MOST = 200;

const gzipped = (path: string) => gzipSync(readFileSync(path), { level: 9 }).length / 1000;

/** Scripts, their static imports and styles: the bundler names them all in the head. */
const named = (html: string) =>
  [...html.matchAll(/<(?:script|link)[^>]*? (?:src|href)="([^"]+\.(?:js|css))"/g)].map(([, path]) => path);

test('all pages were built', () => {
  expect(pages.sort()).toEqual(['article.html', 'bench.html', 'gallery.html', 'index.html', 'volume.html']);
});

test.each(pages)('%s is small before anything is on demand', (page) => {
  const html = readFileSync(join(root, page), 'utf8');
  const files = named(html);
  expect(files.some((file) => file.endsWith('.js'))).toBe(true);
  expect(files.some((file) => file.endsWith('.css'))).toBe(true);
  const size = gzipped(join(root, page)) + files.reduce((sum, file) => sum + gzipped(join(root, file)), 0);
  console.info(`${page}: ${size.toFixed(1)} kB gzip in ${String(files.length + 1)} files`);
  expect(size).toBeLessThan(LIMITS[page] ?? MOST);
});
