/** What the Export panel does: pictures, arrays, settings, and the command that computes the same. Loaded when it opens. */
import type { Explorer } from '../explorer.js';
import { renderSvg } from '../figures.js';
import { MemscapeError } from '../library.js';
import { copyText } from '../page/copy.js';
import { embedCode } from '../page/embed.js';
import type { PanelContent } from '../page/panels.js';
import { byId, find, sentence } from '../page/text.js';
import { fileName } from './command.js';
import { archiveOf, figureOf, type Work } from './compute.js';
import { pngOf } from './png.js';
import { pieceOf, viewFile, type Piece, type Side } from './view.js';

/** Samples along the longer side. */
const SIZE = { least: 16, most: 4096, usual: 1024 } as const;

type Kind = 'png' | 'svg' | 'npz' | 'json';

interface Made {
  readonly file: string;
  readonly content: Blob;
}

/** Closing the panel ends what is under way. */
export function startExport(explorer: Explorer): PanelContent {
  const panel = byId('export-panel');
  const size = find(panel, '#export-size', HTMLInputElement);
  const command = byId('export-command');
  const said = byId('export-said');
  const buttons = [...panel.querySelectorAll<HTMLButtonElement>('[data-export]')];
  let stop: AbortController | undefined;

  const sizeNow = (): number =>
    Math.round(Math.min(SIZE.most, Math.max(SIZE.least, size.valueAsNumber || SIZE.usual)));
  const sides = (): Side[] => {
    const { value } = find(panel, 'input[name="export-side"]:checked', HTMLInputElement);
    return value === 'left' || value === 'right' ? [value] : ['left', 'right'];
  };
  const pieces = (): Piece[] => {
    const { snapshot } = explorer;
    return sides().map((side) => pieceOf(snapshot, side, sizeNow()));
  };
  const show = () => {
    command.textContent = pieces()
      .map((piece) => piece.command)
      .join('\n');
  };
  const make = async (kind: Kind, work: Work): Promise<Made> => {
    const { snapshot } = explorer;
    const chosen = pieces();
    const name = chosen.length > 1 ? fileName(snapshot.state.name) : chosen[0].name;
    const file = `${name}.${kind}`;
    const blob = (part: BlobPart, type: string) => ({ file, content: new Blob([part], { type }) });
    if (kind === 'json') return blob(viewFile(snapshot, chosen, location.href), 'application/json');
    if (kind === 'npz') return blob(await archiveOf(snapshot, chosen, work), 'application/zip');
    const svg = renderSvg(await figureOf(snapshot, chosen, work));
    if (kind === 'svg') return blob(svg, 'image/svg+xml');
    return { file, content: await pngOf(svg, sizeNow()) };
  };
  const run = async (kind: Kind) => {
    stop?.abort();
    const own = new AbortController();
    stop = own;
    said.textContent = `Computing ${kind}.`;
    try {
      const onProgress = ({ done, total }: { done: number; total: number }) => {
        said.textContent = `Computing ${kind}: ${String(Math.floor((100 * done) / total))} %.`;
      };
      const { file, content } = await make(kind, { signal: own.signal, onProgress });
      if (own.signal.aborted) return;
      save(file, content);
      said.textContent = `${file}, ${sizeText(content.size)}.`;
    } catch (error) {
      if (own.signal.aborted) return;
      said.textContent = failure(error);
      if (!(error instanceof MemscapeError) && !(error instanceof RangeError)) throw error;
    }
  };

  for (const button of buttons)
    button.addEventListener('click', () => {
      void run(button.dataset.export as Kind);
    });
  const copy = async (what: string, text: string) => {
    said.textContent = (await copyText(text))
      ? `Copied the ${what}.`
      : `This browser lets no page copy: ${text === command.textContent ? 'select the command.' : text}`;
  };
  byId('export-copy').addEventListener('click', () => {
    void copy('command', command.textContent);
  });
  byId('embed-copy').addEventListener('click', () => {
    void copy('embed code', embedCode(explorer.state, location.href));
  });
  panel.addEventListener('input', show);
  explorer.onWords(() => {
    if (!panel.hidden) show();
  });
  return {
    opened: show,
    closed: () => {
      stop?.abort();
      said.textContent = '';
    },
  };
}

function save(file: string, content: Blob): void {
  const link = document.createElement('a');
  const href = URL.createObjectURL(content);
  Object.assign(link, { href, download: file });
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(href);
  }, 60_000);
}

const sizeText = (bytes: number): string =>
  bytes < 1e6 ? `${String(Math.ceil(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

const failure = (error: unknown): string =>
  error instanceof MemscapeError
    ? `${sentence(error.what)} ${sentence(error.mend)}`
    : sentence(error instanceof Error ? error.message : String(error));
