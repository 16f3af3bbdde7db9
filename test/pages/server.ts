/** A plain static server, as any host of the built site is one: files of a folder below a path, and nothing else. */
import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

export interface Served {
  /** With a slash at its end. */
  readonly address: string;
  readonly close: () => void;
}

const listen = (answer: (path: string, response: ServerResponse) => void): Promise<Served> =>
  new Promise((resolve) => {
    const server = createServer((request, response) => {
      answer(new URL(request.url ?? '/', 'http://localhost').pathname, response);
    });
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      const close = () => {
        server.closeAllConnections();
        server.close();
      };
      resolve({ address: `http://127.0.0.1:${String(port)}/`, close });
    });
  });

/** The type and the bytes of a file of the built site; undefined where there is none. */
export async function builtFile(
  path: string,
): Promise<{ readonly contentType: string; readonly body: Buffer } | undefined> {
  try {
    const contentType = TYPES[extname(path)] ?? 'application/octet-stream';
    return { contentType, body: await readFile(join('dist/demo', path)) };
  } catch {
    return undefined;
  }
}

/** The built site below `folder`, e.g. `a/b/`; everything else is missing. */
export async function serveBuilt(folder: string): Promise<Served> {
  const served = await listen((path, response) => {
    const below = path.startsWith(`/${folder}`) ? path.slice(folder.length + 1) : undefined;
    void (below === undefined ? Promise.resolve(undefined) : builtFile(below || 'index.html')).then(
      (file) => {
        if (file) response.setHeader('content-type', file.contentType).end(file.body);
        else response.writeHead(404).end();
      },
    );
  });
  return { ...served, address: `${served.address}${folder}` };
}

/** One page of somebody else. */
export const servePage = (html: string): Promise<Served> =>
  listen((path, response) => {
    if (path === '/') response.setHeader('content-type', 'text/html').end(html);
    else response.writeHead(204).end();
  });
