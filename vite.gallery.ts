import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { createServer, type Plugin } from 'vite';
import type { Card, ModelText } from './demo/gallery/card.js';
import { cardsHtml, filtersHtml, type Shown } from './demo/gallery/html.js';

/**
 * The gallery's cards, drawn while the pages are built: `<!-- cards -->` and `<!-- filters -->` in a page become the
 * cards of models/*.json and what filters them. Drawing takes some seconds, so cards are kept in node_modules/.cache under
 * a hash of everything that they are made of: all of src/, demo/ and models/.
 */
export function drawGallery(): Plugin {
  const pictures = new Map<string, string>();
  let drawn: Promise<readonly Shown[]> | undefined;
  const shown = () =>
    (drawn ??= gallery().then((cards) =>
      cards.map((card) => {
        const put = (side: string, svg: string) => {
          const path = `assets/gallery/${card.name}-${side}-${hash([svg]).slice(0, 8)}.svg`;
          pictures.set(path, svg);
          return path;
        };
        const { left, right } = card;
        return {
          card,
          paths: { left: 'svg' in left ? put('left', left.svg) : '', right: put('right', right.svg) },
          ...card.about,
        };
      }),
    ));
  return {
    name: 'memscape:draw-gallery',
    transformIndexHtml: {
      // After vite has looked for files that a page names: the pictures are none on disk.
      order: 'post',
      handler: async (html) => {
        if (!html.includes('<!-- cards -->')) return html;
        const all = await shown();
        return html.replace('<!-- cards -->', cardsHtml(all)).replace('<!-- filters -->', filtersHtml(all));
      },
    },
    async generateBundle() {
      await shown();
      for (const [fileName, source] of pictures) this.emitFile({ type: 'asset', fileName, source });
    },
    configureServer: (server) => {
      server.middlewares.use((request, response, next) => {
        const svg = pictures.get((request.url ?? '').replace(/^\/|\?.*$/g, ''));
        if (svg === undefined) next();
        else response.setHeader('content-type', 'image/svg+xml').end(svg);
      });
    },
  };
}

type Described = Card & { readonly about: Pick<Shown, 'text' | 'source'> };

const CACHE = 'node_modules/.cache/memscape-gallery';

const hash = (parts: readonly (string | Uint8Array)[]): string => {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part);
  return sum.digest('hex');
};

async function gallery(): Promise<readonly Described[]> {
  const readme = aboutModels(await readFile('models/README.md', 'utf8'));
  const cards = await kept();
  return cards.map((card) => {
    const about = readme.get(card.name);
    if (!about) throw new RangeError(`models/README.md has no section ${card.name}`);
    return { ...card, about };
  });
}

async function kept(): Promise<readonly Card[]> {
  const inputs = await Promise.all(['src', 'demo', 'models', 'shaders'].map(filesBelow));
  const paths = [...inputs.flat(), 'package-lock.json'].sort();
  const key = hash(
    await Promise.all(paths.map(async (path) => `${path}\n${hash([await readFile(path)])}\n`)),
  );
  const file = join(CACHE, `${key}.json`);
  if (existsSync(file)) return JSON.parse(await readFile(file, 'utf8')) as Card[];
  const cards = await makeCards(await modelTexts());
  await mkdir(CACHE, { recursive: true });
  // Two builds at once leave one whole file.
  const unfinished = `${file}.${String(process.pid)}`;
  await writeFile(unfinished, JSON.stringify(cards));
  await rename(unfinished, file);
  return cards;
}

/** The pages' own code in this process, through vite, which knows their imports; some are late, so the server stays until the end. */
async function makeCards(files: readonly ModelText[]): Promise<Card[]> {
  const server = await createServer({
    configFile: false,
    logLevel: 'warn',
    appType: 'custom',
    optimizeDeps: { noDiscovery: true },
    server: { middlewareMode: true, ws: false, watch: null },
  });
  try {
    const module = (await server.ssrLoadModule('/demo/gallery/make-cards.ts')) as {
      makeCards: (files: readonly ModelText[]) => Promise<Card[]>;
    };
    return await module.makeCards(files);
  } finally {
    await server.close();
  }
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative('.', join(parentPath, name)));
}

async function modelTexts(): Promise<ModelText[]> {
  const names = (await readdir('models')).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    names.map(async (file) => ({
      name: file.replace(/\.json$/, ''),
      text: await readFile(join('models', file), 'utf8'),
      beside: async (path: string) => new Uint8Array(await readFile(join('models', path))),
    })),
  );
}

/** First sentences and source of each section of models/README.md. */
function aboutModels(text: string): ReadonlyMap<string, Pick<Shown, 'text' | 'source'>> {
  return new Map(
    text
      .split(/^### /m)
      .slice(1)
      .map((section) => {
        const [name] = section.split('\n', 1);
        const words = section.slice(name.length).replace(/\s+/g, ' ').trim();
        const source = words.split('Source: ')[1] ?? '';
        const sentences = words.split(/ ?Source: /)[0].split(/(?<=[a-z0-9)|`}][.]) (?=[A-Z`])/);
        return [name.trim(), { text: sentences.slice(0, 2).join(' '), source }] as const;
      }),
  );
}
