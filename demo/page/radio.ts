/** Cards of which one is chosen: native radios, so that arrows, Space and screen readers work as everywhere. */
import { write } from './text.js';

export interface Card {
  readonly value: string;
  /** What the card shows. */
  readonly content: readonly (Node | string)[];
  readonly spoken?: string;
}

export class Cards {
  readonly #inputs = new Map<string, HTMLInputElement>();
  readonly #reasons = new Map<string, HTMLElement>();

  /** @param choose called with the value of the card that the reader chose. */
  constructor(
    root: HTMLElement,
    name: string,
    cards: readonly Card[],
    choose: (value: string) => void,
    className = 'choice',
  ) {
    root.replaceChildren(
      ...cards.map(({ value, content, spoken }) => {
        const label = Object.assign(document.createElement('label'), { className });
        const input = Object.assign(document.createElement('input'), {
          type: 'radio',
          name,
          value,
          autocomplete: 'off',
        });
        if (spoken !== undefined) input.setAttribute('aria-label', spoken);
        const words = document.createElement('span');
        words.append(...content);
        const reason = Object.assign(document.createElement('small'), { className: 'reason' });
        label.append(input, words, reason);
        input.addEventListener('change', () => {
          choose(value);
        });
        this.#inputs.set(value, input);
        this.#reasons.set(value, reason);
        return label;
      }),
    );
  }

  show(chosen: string): void {
    for (const [value, input] of this.#inputs) input.checked = value === chosen;
  }

  /** What cannot be chosen stays, and says why. */
  explain(reasons: ReadonlyMap<string, string>): void {
    for (const [value, input] of this.#inputs) {
      const reason = reasons.get(value);
      input.disabled = reason !== undefined && !input.checked;
      const element = this.#reasons.get(value);
      if (element) write(element, reason ?? '');
    }
  }
}
