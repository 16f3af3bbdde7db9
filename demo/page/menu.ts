/** Which network: the models of the repository, a file from the reader's disk, or files dropped on the page. */
import type { Explorer } from '../explorer.js';
import { MemscapeError, readModel } from '../library.js';
import { readDropped, type Opened } from '../model/dropped.js';
import { fitted } from '../model/fit.js';
import { besideModels, OFFERS, type Offer } from '../model/models.js';
import { dressedAs } from '../state/change.js';
import { stateOf } from '../state/model.js';
import type { Session } from '../state/session.js';
import { MOST_NEURONS, type State } from '../state/state.js';
import { askForArrays } from './array-choice.js';
import { startFiles } from './files.js';
import { hideRefusal, showRefusal } from './refusal.js';
import { byId, find } from './text.js';

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
  const open = async (read: () => Promise<Opened | undefined>) => {
    const mine = ++opened;
    try {
      const found = await read();
      if (!found) return;
      const { state, hasView } = found;
      const seen = hasView
        ? state
        : dressedAs(fitted(state, (await explorer.find(state)).points), session.state);
      if (mine !== opened) return;
      hideRefusal();
      session.set(seen);
    } catch (error) {
      show(session.state);
      if (!(error instanceof MemscapeError)) throw error;
      showRefusal(error);
    }
  };
  menu.addEventListener('change', () => {
    const offer = OFFERS.find(({ name }) => name === menu.value);
    if (offer)
      void open(async () => ({
        state: stateOf(await readModel(offer.text, besideModels)),
        hasView: false,
      }));
  });
  const show = ({ name, layers, bias }: State) => {
    const known = OFFERS.some((offer) => offer.name === name);
    own.hidden = known;
    own.text = known ? '' : `${name}, ${neuronsText(bias.length)}`;
    menu.value = known ? name : OWN;
    byId('model-words').textContent =
      `${neuronsText(bias.length)}, ${[...new Set(layers.map(({ activation }) => activation))].join(', ')}`;
  };
  session.follow(show);
  show(session.state);
  startFiles((files) => {
    void open(() => readDropped(files, askForArrays));
  });
}
