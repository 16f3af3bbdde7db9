/**
 * Predict, then reveal: path, fixed points, blind spots and verdicts are veiled; the reader says where the start comes to
 * rest and which energy falls all the way there, and sees how it was. For a class, or for oneself.
 */
import '../style/predict.css';
import type { Explorer } from '../explorer.js';
import type { Landscape } from '../landscape.js';
import type { Scene } from '../scene.js';
import { accountOf, type Account } from '../model/account.js';
import { GUTTER } from '../plot/axes.js';
import { fromScreen, toScreen } from '../plot/view.js';
import type { Session } from '../state/session.js';
import type { Point, State } from '../state/state.js';
import { placeIn } from './scale.js';
import { find, fixed, write } from './text.js';

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

/** Of a state what a question is about: another view of it, or a link to it, asks the same. */
const questionOf = ({ layers, weights, bias, equation, design, left, right, plane, start }: State): string =>
  JSON.stringify([layers, weights, bias, equation, design, left, right, plane, start]);

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
  /** What the card is about. */
  #asked: string;
  /** Where the place is typed: one number on the line of one neuron, two in a plane. */
  #boxes: readonly HTMLInputElement[] = [];
  /** Whether the answer waits for the picture of what is asked about. */
  #waiting = false;
  /** Says of an answer that the page shows something else by now. */
  readonly #earlier: HTMLElement;

  /** @param ended called when the reader has had enough. */
  constructor(session: Session, explorer: Explorer, ended: () => void) {
    this.#session = session;
    this.#asked = questionOf(session.state);
    this.#explorer = explorer;
    this.#ended = ended;
    this.#earlier = element(
      'p',
      { id: 'earlier' },
      'This answer is about what was shown before the change. ',
    );
    this.#earlier.append(
      this.#button('ask-again', 'Ask about this state', () => {
        this.ask();
      }),
    );
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
    explorer.onPicture(() => {
      this.#place();
      if (this.#waiting) this.#reveal();
    });
    // Titles follow their energies with the words of the picture.
    explorer.onWords(this.#entitle);
    session.listen(this.#follow);
  }

  /** A question is about what is shown: another network, start or plane asks anew; an answer stays, and says that it is old. */
  readonly #follow = (): void => {
    if (this.#card.hidden) return;
    if (!this.#veiled) {
      this.#earlier.hidden = !this.#isEarlier;
      this.#place();
    } else if (this.#isEarlier) this.#pose(this.#card.contains(document.activeElement));
  };

  get #isCurve(): boolean {
    return this.#session.state.bias.length === 1;
  }

  get #isEarlier(): boolean {
    return this.#asked !== questionOf(this.#session.state);
  }

  /** Lifts the veil and takes questions off the page. */
  end(): void {
    this.#guess.end = undefined;
    this.#waiting = false;
    this.#place();
    this.#veil(false);
    this.#card.hidden = true;
    this.#ended();
  }

  /** Veils everything and asks about the start as it is. */
  ask(): void {
    this.#card.hidden = false;
    this.#pose(true);
    this.#veil(true);
  }

  #pose(focused: boolean): void {
    this.#asked = questionOf(this.#session.state);
    this.#waiting = false;
    this.#guess = { end: undefined, falls: { left: undefined, right: undefined } };
    this.#place();
    const axes = this.#isCurve ? [''] : [', axis 1', ', axis 2'];
    this.#boxes = axes.map((axis, k) => {
      const input = element('input', { type: 'number', step: 'any', id: `guess-${String(k + 1)}` });
      input.setAttribute('aria-label', `your guess${axis}`);
      input.addEventListener('input', () => {
        const [a, b = 0] = this.#boxes.map(({ valueAsNumber }) => valueAsNumber);
        this.#take(Number.isFinite(a + b) ? [a, b] : undefined);
      });
      return input;
    });
    const reveal = this.#button('reveal', 'Reveal', () => {
      if (!this.#isHalf()) this.#reveal();
    });
    this.#fill(
      focused,
      element(
        'p',
        {},
        'Where does the state that starts at ',
        element('b', {}, '⊕'),
        ' come to rest? Press that place in a landscape, or type it: ',
        ...this.#boxes.flatMap((box) => [box, ' ']),
        element('span', { id: 'half', role: 'status' }),
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

  #button(id: string, words: string, press: () => void): HTMLButtonElement {
    const button = element('button', { type: 'button', className: 'mainbtn', id }, words);
    button.addEventListener('click', press);
    return button;
  }

  /** Asks for the box that is empty where another one is not: half a place is none. */
  #isHalf(): boolean {
    const empty = this.#boxes.find(({ valueAsNumber }) => !Number.isFinite(valueAsNumber));
    const typed = this.#boxes.some(({ value, validity }) => value !== '' || validity.badInput);
    if (!empty || !typed) return false;
    write(find(this.#card, '#half', HTMLElement), 'Type a number here too, or clear what you typed.');
    empty.focus();
    return true;
  }

  readonly #entitle = (): void => {
    for (const side of this.#veiled ? SIDES : [])
      write(find(this.#card, `#title-${side}`, HTMLElement), titleOf(side));
  };

  #choice(side: Side): HTMLElement {
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
    return element('label', {}, element('span', { id: `title-${side}` }, titleOf(side)), ' ', select);
  }

  readonly #press = (event: PointerEvent): void => {
    if (!this.#veiled || event.button !== 0) return;
    const landscape = SIDES.map((side) => this.#explorer[side]).find(
      ({ plot }) => plot === event.currentTarget,
    );
    if (!landscape || (landscape.isSurface && !landscape.isCurve)) return;
    const [x, y] = placeIn(landscape.plot, event);
    const at: Point = [x - GUTTER, y];
    const { width, height } = landscape.view;
    if (at[0] < 0 || at[1] < 0 || at[0] > width || at[1] > height) return;
    event.stopPropagation();
    event.preventDefault();
    // The picture of a network with other axes is still to come.
    if (landscape.isCurve !== this.#isCurve) return;
    const end = fromScreen(landscape.view, at);
    this.#boxes.forEach((box, k) => {
      box.value = end[k].toFixed(2);
    });
    // Upwards from a curve there is its energy, and no state.
    this.#take(landscape.isCurve ? [end[0], 0] : end);
  };

  #take(end: Point | undefined): void {
    this.#guess.end = end;
    write(find(this.#card, '#half', HTMLElement), '');
    this.#place();
  }

  /** Puts the marks where the guess is seen. */
  readonly #place = (): void => {
    const end = this.#isEarlier ? undefined : this.#guess.end;
    for (const side of SIDES) {
      const mark = this.#marks[side];
      mark.hidden = end === undefined;
      if (!end) continue;
      const { view, isCurve: curve } = this.#explorer[side];
      const height = curve ? this.#explorer.snapshot.scenes[side].exact.energy(end) : end[1];
      const [x, y] = toScreen(view, [end[0], height]);
      mark.style.transform = `translate(${(x + GUTTER).toFixed(1)}px, ${y.toFixed(1)}px)`;
    }
  };

  #reveal(): void {
    // What is seen may be of the settings before: their answer is another one.
    this.#waiting = !this.#explorer.isCurrent;
    if (this.#waiting) return;
    this.#veil(false);
    const { scenes } = this.#explorer.snapshot;
    const ends = element('p', { id: 'revealed-end' }, this.#endWords(accountOf(scenes.right)));
    const falls = SIDES.map((side) =>
      element('p', { id: `revealed-${side}` }, ...this.#fallWords(side, scenes[side])),
    );
    const again = this.#button('again', 'Another start', () => {
      this.#session.set({ ...this.#session.state, start: this.#anyStart() });
      this.ask();
    });
    const enough = element('button', { type: 'button', className: 'textbtn', id: 'enough' }, 'Enough');
    enough.addEventListener('click', () => {
      this.end();
    });
    this.#earlier.hidden = true;
    this.#fill(true, this.#earlier, ends, ...falls, again, enough);
  }

  #fallWords(side: Side, scene: Scene): (Node | string)[] {
    const { falls, why } = accountOf(scene);
    const said = this.#guess.falls[side];
    const verdict = said === undefined ? '' : said === falls ? ' You were right.' : ' You said otherwise.';
    return [element('b', {}, titleOf(side)), ` ${why}.${verdict}`];
  }

  /** Where the path ends, and how far that is from the guess. */
  #endWords({ end, name, rests }: Account): string {
    const curve = this.#boxes.length === 1;
    const place = curve ? fixed(end[0], 2) : `(${end.map((v) => fixed(v, 2)).join(', ')})`;
    const where =
      name !== undefined
        ? `comes to rest at ${name}, ${place}`
        : `${rests ? 'comes to rest' : 'is still on its way'} at ${place}`;
    const guess = this.#guess.end;
    const away = guess
      ? ` Your guess is ${fixed(Math.hypot(end[0] - guess[0], curve ? 0 : end[1] - guess[1]), 2)} away.`
      : '';
    return `The state ${where}.${away}`;
  }

  #anyStart(): Point {
    const { x, y } = this.#explorer.left.view;
    const within = ([low, high]: Point) => low + (high - low) * (INSET + (1 - 2 * INSET) * Math.random());
    return [within(x), this.#isCurve ? 0 : within(y)];
  }

  #veil(veiled: boolean): void {
    this.#veiled = veiled;
    this.#explorer.veiled = veiled;
  }

  #fill(focused: boolean, ...content: readonly Node[]): void {
    this.#card.replaceChildren(...content);
    if (focused) this.#card.focus();
  }
}

const titleOf = (side: Side): string => find(document, `#${side} > header h2`, HTMLElement).textContent;
