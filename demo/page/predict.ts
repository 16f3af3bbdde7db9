/**
 * Predict, then reveal: path, fixed points, blind spots and verdicts are veiled; the reader says where the start comes to
 * rest and which energy falls all the way there, and sees how it was. For a class, or for oneself.
 */
import '../style/predict.css';
import type { Explorer } from '../explorer.js';
import type { Landscape, Scene } from '../landscape.js';
import { accountOf, type Account } from '../model/account.js';
import { GUTTER } from '../plot/axes.js';
import { fromScreen, toScreen } from '../plot/view.js';
import type { Session } from '../state/session.js';
import type { Point } from '../state/state.js';
import { placeIn } from './scale.js';
import { find, fixed } from './text.js';

type Side = 'left' | 'right';
const SIDES = ['left', 'right'] as const;
/** Starts keep away from the border of the view, as a share of it. */
const INSET = 0.08;

const element = <K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Partial<HTMLElementTagNameMap[K]>,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

/** What the reader says. */
interface Guess {
  end: Point | undefined;
  falls: Record<Side, boolean | undefined>;
}

/** The card above the landscapes, and the mark of the guess on both. */
export class Prediction {
  readonly #session: Session;
  readonly #explorer: Explorer;
  readonly #card: HTMLElement;
  readonly #marks: Readonly<Record<Side, HTMLElement>>;
  readonly #ended: () => void;
  #guess: Guess = { end: undefined, falls: { left: undefined, right: undefined } };
  #veiled = false;

  /** @param ended called when the reader has had enough. */
  constructor(session: Session, explorer: Explorer, ended: () => void) {
    this.#session = session;
    this.#explorer = explorer;
    this.#ended = ended;
    this.#card = element('section', { className: 'predict', tabIndex: -1 });
    this.#card.setAttribute('aria-label', 'Predict, then reveal');
    find(document, '#stage .layers', HTMLElement).before(this.#card);
    const mark = ({ plot }: Landscape) => {
      const made = element('span', { className: 'guess', hidden: true, textContent: '?' });
      plot.append(made);
      // Before whatever else a press on the plot does.
      plot.addEventListener('pointerdown', this.#press, { capture: true });
      return made;
    };
    this.#marks = { left: mark(explorer.left), right: mark(explorer.right) };
    explorer.onPicture(this.#place);
  }

  /** Lifts the veil and takes questions off the page. */
  end(): void {
    this.#guess.end = undefined;
    this.#place();
    this.#veil(false);
    this.#card.hidden = true;
    this.#ended();
  }

  /** Veils everything and asks about the start as it is. */
  ask(): void {
    this.#guess = { end: undefined, falls: { left: undefined, right: undefined } };
    this.#card.hidden = false;
    this.#veil(true);
    this.#place();
    const coordinate = (axis: 0 | 1) => {
      const input = element('input', { type: 'number', step: 'any', id: `guess-${String(axis + 1)}` });
      input.setAttribute('aria-label', `your guess, axis ${String(axis + 1)}`);
      input.addEventListener('input', () => {
        const { value } = input;
        const end: [number, number] = [...(this.#guess.end ?? this.#session.state.start)];
        end[axis] = Number(value);
        if (value !== '' && Number.isFinite(end[axis])) this.#take(end, false);
      });
      return input;
    };
    const reveal = element('button', { type: 'button', className: 'mainbtn', id: 'reveal' }, 'Reveal');
    reveal.addEventListener('click', () => {
      this.#reveal();
    });
    this.#fill(
      element(
        'p',
        {},
        'Where does the state that starts at ',
        element('b', {}, '⊕'),
        ' come to rest? Press that place in a landscape, or type it: ',
        coordinate(0),
        ' ',
        coordinate(1),
      ),
      element(
        'p',
        {},
        'Does the energy fall all the way there? ',
        ...SIDES.map((side) => this.#choice(side)),
      ),
      reveal,
    );
  }

  #choice(side: Side): HTMLElement {
    const title = find(document, `#${side} > header h2`, HTMLElement).textContent;
    const select = element('select', { id: `guess-${side}` });
    for (const [value, words] of [
      ['', 'no answer'],
      ['yes', 'yes'],
      ['no', 'no'],
    ])
      select.append(element('option', { value }, words));
    select.addEventListener('change', () => {
      this.#guess.falls[side] = select.value === '' ? undefined : select.value === 'yes';
    });
    return element('label', {}, `${title} `, select);
  }

  readonly #press = (event: PointerEvent): void => {
    if (!this.#veiled || event.button !== 0) return;
    const landscape = SIDES.map((side) => this.#explorer[side]).find(
      ({ plot }) => plot === event.currentTarget,
    );
    if (!landscape || landscape.isCurve || landscape.isSurface) return;
    const [x, y] = placeIn(landscape.plot, event);
    const at: Point = [x - GUTTER, y];
    const { width, height } = landscape.view;
    if (at[0] < 0 || at[1] < 0 || at[0] > width || at[1] > height) return;
    event.stopPropagation();
    event.preventDefault();
    this.#take(fromScreen(landscape.view, at), true);
  };

  #take(end: Point, written: boolean): void {
    this.#guess.end = end;
    if (written)
      end.forEach((v, axis) => {
        find(this.#card, `#guess-${String(axis + 1)}`, HTMLInputElement).value = v.toFixed(2);
      });
    this.#place();
  }

  /** Puts the marks where the guess is seen. */
  readonly #place = (): void => {
    const { end } = this.#guess;
    for (const side of SIDES) {
      const mark = this.#marks[side];
      mark.hidden = end === undefined;
      if (!end) continue;
      const [x, y] = toScreen(this.#explorer[side].view, end);
      mark.style.transform = `translate(${(x + GUTTER).toFixed(1)}px, ${y.toFixed(1)}px)`;
    }
  };

  #reveal(): void {
    this.#veil(false);
    const { scenes } = this.#explorer.snapshot;
    const ends = element('p', { id: 'revealed-end' }, endWords(accountOf(scenes.right), this.#guess.end));
    const falls = SIDES.map((side) =>
      element('p', { id: `revealed-${side}` }, ...this.#fallWords(side, scenes[side])),
    );
    const again = element('button', { type: 'button', className: 'mainbtn', id: 'again' }, 'Another start');
    again.addEventListener('click', () => {
      this.#session.set({ ...this.#session.state, start: this.#anyStart() });
      this.ask();
    });
    const enough = element('button', { type: 'button', className: 'textbtn', id: 'enough' }, 'Enough');
    enough.addEventListener('click', () => {
      this.end();
    });
    this.#fill(ends, ...falls, again, enough);
  }

  #fallWords(side: Side, scene: Scene): (Node | string)[] {
    const title = find(document, `#${side} > header h2`, HTMLElement).textContent;
    const { falls, why } = accountOf(scene);
    const said = this.#guess.falls[side];
    const verdict = said === undefined ? '' : said === falls ? ' You were right.' : ' You said otherwise.';
    return [element('b', {}, title), ` ${why}.${verdict}`];
  }

  #anyStart(): Point {
    const { x, y } = this.#explorer.left.view;
    const within = ([low, high]: Point) => low + (high - low) * (INSET + (1 - 2 * INSET) * Math.random());
    return [within(x), within(y)];
  }

  #veil(veiled: boolean): void {
    this.#veiled = veiled;
    this.#explorer.veiled = veiled;
  }

  #fill(...content: readonly Node[]): void {
    this.#card.replaceChildren(...content);
    this.#card.focus();
  }
}

/** Where the path ends, and how far that is from a guess. */
function endWords({ end, name, rests }: Account, guess: Point | undefined): string {
  const place = `(${end.map((v) => fixed(v, 2)).join(', ')})`;
  const where =
    name !== undefined
      ? `comes to rest at ${name}, ${place}`
      : `${rests ? 'comes to rest' : 'is still on its way'} at ${place}`;
  const away = guess
    ? ` Your guess is ${fixed(Math.hypot(end[0] - guess[0], end[1] - guess[1]), 2)} away.`
    : '';
  return `The state ${where}.${away}`;
}
