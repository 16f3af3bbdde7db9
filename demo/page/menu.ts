/** Which network: the models of the repository, a file from the reader's disk, or files dropped on the page. */
import type { Explorer } from '../explorer.js';
import { MemscapeError, readModel } from '../library.js';
import { fitted } from '../model/fit.js';
import { besideModels, OFFERS, type Offer } from '../model/models.js';
import { stateOf } from '../state/model.js';
import type { Session } from '../state/session.js';
import { MOST_NEURONS, type State } from '../state/state.js';
import { hideRefusal, showRefusal } from './refusal.js';
import { byId, find } from './text.js';

/** Files of this many bytes are no small network. */
const MOST_BYTES = 64 * 2 ** 20;

function obstacleOf({ neurons }: Offer): string {
  return neurons > MOST_NEURONS ? `, ${String(neurons)} neurons: for the command line` : '';
}

const neuronsText = (count: number): string => `${String(count)} ${count === 1 ? 'neuron' : 'neurons'}`;

const OWN = 'own';

export function startMenu(session: Session, explorer: Explorer): void {
  const menu = find(document, '#model', HTMLSelectElement);
  const own = new Option('', OWN);
  own.hidden = true;
  menu.replaceChildren(
    ...OFFERS.map((offer) => {
      const obstacle = obstacleOf(offer);
      const size = obstacle === '' ? `, ${neuronsText(offer.neurons)}` : obstacle;
      const option = new Option(`${offer.name}${size}`, offer.name);
      option.disabled = obstacle !== '';
      return option;
    }),
    own,
  );
  /** The latest choice wins. */
  let opened = 0;
  const open = async (read: () => Promise<State>) => {
    const mine = ++opened;
    try {
      const state = await read();
      const { points } = await explorer.find(state);
      if (mine !== opened) return;
      hideRefusal();
      session.set(fitted(state, points));
    } catch (error) {
      show(session.state);
      if (!(error instanceof MemscapeError)) throw error;
      showRefusal(error);
    }
  };
  menu.addEventListener('change', () => {
    const offer = OFFERS.find(({ name }) => name === menu.value);
    if (offer) void open(async () => stateOf(await readModel(offer.text, besideModels)));
  });
  const show = ({ name, layers, bias }: State) => {
    const known = OFFERS.some((offer) => offer.name === name);
    own.hidden = known;
    own.text = known ? '' : `${name}, ${neuronsText(bias.length)}`;
    menu.value = known ? name : OWN;
    byId('model-words').textContent =
      `${neuronsText(bias.length)}, ${[...new Set(layers.map(({ activation }) => activation))].join(', ')}`;
  };
  session.listen(show);
  show(session.state);
  const openFiles = (files: readonly File[]) => void open(() => readFiles(files));
  const picker = find(document, '#files', HTMLInputElement);
  byId('open').addEventListener('click', () => {
    picker.click();
  });
  picker.addEventListener('change', () => {
    openFiles([...(picker.files ?? [])]);
    picker.value = '';
  });
  watchDrops(openFiles);
}

function watchDrops(openFiles: (files: readonly File[]) => void): void {
  const root = document.documentElement;
  const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
  document.addEventListener('dragover', (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    root.dataset.dropping = '';
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) delete root.dataset.dropping;
  });
  document.addEventListener('drop', (event) => {
    delete root.dataset.dropping;
    if (!holdsFiles(event)) return;
    event.preventDefault();
    openFiles([...(event.dataTransfer?.files ?? [])]);
  });
}

/** A model file, and beside it the arrays that it names, whatever folders they came from. */
async function readFiles(files: readonly File[]): Promise<State> {
  const models = files.filter(({ name }) => /\.json$/i.test(name));
  if (models.length !== 1)
    throw new MemscapeError({
      code: 'drop-files',
      what: `expected one model file (.json), found ${models.length === 0 ? 'none' : String(models.length)} among ${files.map(({ name }) => name).join(', ')}`,
      why: 'the model file says what the arrays beside it mean.',
      mend: 'drop one .json file, together with the .npy or .safetensors files that it names.',
      exitCode: 3,
    });
  const [file] = models;
  if (file.size > MOST_BYTES) refuseSize(file);
  return stateOf(
    await readModel(await file.text(), (path) => besides(path, files), {
      name: file.name.replace(/\.json$/i, ''),
    }),
  );
}

async function besides(path: string, files: readonly File[]): Promise<Uint8Array> {
  const name = path.replace(/^.*\//, '');
  const file = files.find((other) => other.name === name);
  if (!file)
    throw new MemscapeError({
      code: 'drop-missing',
      what: `the model names "${path}", which was not dropped with it`,
      why: 'a page sees only the files that it is given.',
      mend: `drop the model and ${name} together.`,
      exitCode: 3,
    });
  if (file.size > MOST_BYTES) refuseSize(file);
  return new Uint8Array(await file.arrayBuffer());
}

function refuseSize({ name, size }: File): never {
  throw new MemscapeError({
    code: 'drop-size',
    what: `${name} has ${String(Math.round(size / 2 ** 20))} MiB`,
    why: `this page opens networks of up to ${String(MOST_NEURONS)} neurons.`,
    mend: 'open it with the command line: memscape report MODEL.',
    exitCode: 3,
  });
}
