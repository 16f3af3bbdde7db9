/**
 * Panels that hang under the bar, over the page and not instead of it: one at a time; Esc, their button or a press
 * elsewhere closes them. A button names its panel by aria-controls. What a panel needs is loaded when it first opens.
 */
import { byId } from './text.js';

/** What fills a panel. */
export interface PanelContent {
  /** Called whenever it is about to be seen. */
  readonly opened: () => void;
  readonly closed: () => void;
}

const STATIC: PanelContent = { opened: () => undefined, closed: () => undefined };

export class Panel {
  static #open: Panel | undefined;
  readonly #button: HTMLElement;
  readonly #panel: HTMLElement;
  readonly #load: () => Promise<PanelContent>;
  #content: Promise<PanelContent> | undefined;

  /** @param load called before the panel is shown for the first time. */
  constructor(button: string, load = () => Promise.resolve(STATIC)) {
    this.#button = byId(button);
    this.#panel = byId(this.#button.getAttribute('aria-controls') ?? '');
    this.#load = load;
    this.#button.addEventListener('click', () => {
      this.toggle();
    });
    this.#panel.querySelector('.close')?.addEventListener('click', () => {
      this.close();
    });
    this.#panel.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      this.close();
    });
    document.addEventListener('pointerdown', ({ target }) => {
      const inside =
        target instanceof Node && (this.#panel.contains(target) || this.#button.contains(target));
      if (!inside && Panel.#open === this) this.close(false);
    });
  }

  toggle(): void {
    if (Panel.#open === this) this.close();
    else void this.#show();
  }

  /** @param back whether the focus returns to the button. */
  close(back = true): void {
    if (Panel.#open !== this) return;
    Panel.#open = undefined;
    this.#panel.hidden = true;
    this.#button.setAttribute('aria-expanded', 'false');
    if (back) this.#button.focus();
    void this.#content?.then(({ closed }) => {
      closed();
    });
  }

  async #show(): Promise<void> {
    Panel.#open?.close(false);
    Panel.#open = this;
    this.#content ??= this.#load();
    const { opened } = await this.#content;
    // Closed again while it was loaded.
    if (Panel.#open !== this) return;
    opened();
    this.#panel.hidden = false;
    this.#button.setAttribute('aria-expanded', 'true');
    this.#panel.focus();
  }
}
