/**
 * A number to drag, step or type: at rest a spin button with a bar for its sign, while typed into a text field. Enter or
 * leaving keeps what was typed, Esc returns to what was; what cannot be taken stays in the field, marked, with the reason.
 */
import { short } from './text.js';

interface CellEvents {
  /** A number moves; more may follow. */
  readonly onMove: (value: number) => void;
  /** It rests. */
  readonly onRest: () => void;
  /** What was typed is no number here: why; undefined when that is over. */
  readonly onRefuse: (reason: string | undefined) => void;
}

export interface CellOptions extends CellEvents {
  readonly id: string;
  /** What the number is, spoken. */
  readonly label: string;
  /** Why a number is refused, undefined where it is not. */
  readonly refuses?: (value: number) => string | undefined;
}

/** Change of a pixel and of a key; Shift makes it ten times larger, Alt ten times smaller. */
const PIXEL = 0.01;
const KEY = 0.05;
/** Pixels that a press may wander and still be a press. */
const SLACK = 3;
const LARGEST = 3.4028234663852886e38;

const factor = (event: MouseEvent | KeyboardEvent) => (event.shiftKey ? 10 : event.altKey ? 0.1 : 1);
const KEYS: Readonly<Record<string, number>> = {
  ArrowUp: 1,
  ArrowRight: 1,
  ArrowDown: -1,
  ArrowLeft: -1,
  PageUp: 10,
  PageDown: -10,
};

/** Writes the number of the cell that a hand moves. */
let writeHeld: (() => void) | undefined;
/** Milliseconds between two writings: each has a software adapter compose all that lies between cell and picture. */
const WRITING = 150;
let written = -Infinity;

/** Shows the number in the hand with a picture: all others follow with the words, which may be rarer. */
export function showHeld(): void {
  if (!writeHeld || performance.now() - written < WRITING) return;
  written = performance.now();
  writeHeld();
}

export class NumberCell {
  readonly input = document.createElement('input');
  readonly #options: CellOptions;
  #value = 0;
  #drawn: readonly [value: number, largest: number] = [NaN, NaN];
  /** Whether it was moved and not yet let go. */
  #moved = false;
  #drag: { readonly x: number; readonly value: number; moved: boolean } | undefined;

  constructor(options: CellOptions) {
    this.#options = options;
    const { input } = this;
    Object.assign(input, {
      type: 'text',
      id: options.id,
      className: 'cell',
      readOnly: true,
      autocomplete: 'off',
      inputMode: 'decimal',
      spellcheck: false,
    });
    input.setAttribute('role', 'spinbutton');
    input.setAttribute('aria-label', options.label);
    input.addEventListener('pointerdown', (event) => {
      this.#press(event);
    });
    // A pull would select the number's text, and have it painted anew with every move.
    input.addEventListener('mousedown', (event) => {
      if (event.button !== 0 || !input.readOnly) return;
      event.preventDefault();
      input.focus({ preventScroll: true });
    });
    input.addEventListener('pointermove', (event) => {
      this.#pull(event);
    });
    for (const end of ['pointerup', 'pointercancel'])
      input.addEventListener(end, () => {
        this.#drag = undefined;
        this.#rest();
        input.classList.remove('dragged');
      });
    input.addEventListener('dblclick', () => {
      this.#edit(true);
    });
    input.addEventListener('keydown', (event) => {
      if (input.readOnly) this.#step(event);
      else this.#type(event);
    });
    input.addEventListener('keyup', (event) => {
      if (event.key in KEYS) this.#rest();
    });
    input.addEventListener('blur', () => {
      this.#rest();
      if (!input.readOnly) this.#keep(true);
    });
  }

  /** @param largest the size of a number whose bar is full. */
  show(value: number, largest: number): void {
    const { input } = this;
    this.#value = value;
    if (input.readOnly) input.value = numberText(value);
    // A property that is set, if to what it was, has the cell painted anew.
    if (value === this.#drawn[0] && largest === this.#drawn[1]) return;
    this.#drawn = [value, largest];
    input.setAttribute('aria-valuenow', String(value));
    const share = largest > 0 ? Math.min(1, Math.abs(value) / largest) : 0;
    input.style.setProperty('--from', `${String(value < 0 ? 50 - 50 * share : 50)}%`);
    input.style.setProperty('--to', `${String(value < 0 ? 50 : 50 + 50 * share)}%`);
    input.style.setProperty('--tint', value < 0 ? 'var(--below)' : 'var(--above)');
  }

  /** Shows that it goes along with the entry that is moved. */
  set twin(twin: boolean) {
    this.input.classList.toggle('twin', twin);
  }

  #press(event: PointerEvent): void {
    if (event.button !== 0 || !this.input.readOnly) return;
    this.#drag = { x: event.clientX, value: this.#value, moved: false };
    this.input.setPointerCapture(event.pointerId);
  }

  #pull(event: PointerEvent): void {
    const drag = this.#drag;
    if (!drag) return;
    const way = event.clientX - drag.x;
    if (!drag.moved && Math.abs(way) < SLACK) return;
    if (!drag.moved) this.input.classList.add('dragged');
    drag.moved = true;
    this.#take(rounded(drag.value + way * PIXEL * factor(event), PIXEL * Math.min(1, factor(event))));
  }

  #step(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey) return;
    if (event.key in KEYS) {
      event.preventDefault();
      const size = factor(event);
      this.#take(rounded(this.#value + KEYS[event.key] * KEY * size, KEY * Math.min(1, size) * 0.1));
    } else if (event.key === 'Enter') this.#edit(true);
    else if (/^[-−+.\d]$/.test(event.key)) this.#edit(false);
  }

  #type(event: KeyboardEvent): void {
    // Undo of what is typed is the field's own.
    event.stopPropagation();
    if (event.key === 'Enter') this.#keep(false);
    else if (event.key === 'Escape') this.#leave();
  }

  /** @param whole whether the number that is there is to be changed and not replaced. */
  #edit(whole: boolean): void {
    const { input } = this;
    this.#rest();
    input.readOnly = false;
    input.value = whole ? String(this.#value) : '';
    input.select();
  }

  /** @param leaving whether nobody is there to mend what was typed. */
  #keep(leaving: boolean): void {
    const text = this.input.value.trim().replace('−', '-').replace(',', '.');
    const value = text === '' ? NaN : Number(text);
    const reason = Number.isNaN(value)
      ? `“${this.input.value.slice(0, 24)}” is no number.`
      : Math.abs(value) > LARGEST
        ? 'Numbers must fit float32.'
        : this.#options.refuses?.(value);
    if (reason !== undefined && !leaving) {
      this.input.setAttribute('aria-invalid', 'true');
      this.#options.onRefuse(reason);
      return;
    }
    this.#leave();
    if (reason !== undefined || value === this.#value) return;
    this.#options.onMove(value);
    this.#options.onRest();
  }

  #leave(): void {
    const { input } = this;
    input.readOnly = true;
    input.value = numberText(this.#value);
    input.removeAttribute('aria-invalid');
    this.#options.onRefuse(undefined);
  }

  #rest(): void {
    // A hand that pulls goes on, whatever the keys do.
    if (!this.#moved || this.#drag) return;
    this.#moved = false;
    writeHeld = undefined;
    this.#options.onRest();
  }

  #take(value: number): void {
    if (value === this.#value || this.#options.refuses?.(value) !== undefined) return;
    // The next step goes on from here, whether this one was seen or not.
    this.#value = value;
    this.#moved = true;
    writeHeld = () => {
      this.show(value, this.#drawn[1]);
    };
    this.#options.onMove(value);
  }
}

/** To whole steps, without the digits that binary fractions add. */
const rounded = (value: number, step: number) => Number((Math.round(value / step) * step).toFixed(6));

const numberText = (value: number): string =>
  Number.isInteger(value) && Math.abs(value) < 1e4 ? String(value).replace('-', '−') : short(value);
