/** Numbers and elements as text: U+2212 as minus, tabular widths, no element without its size. */

const withMinus = (text: string) => (/^-0\.?0*$/.test(text) ? text.slice(1) : text.replace('-', '−'));

/** A value with a fixed number of decimals, `0` where it rounds to zero digits. */
export const fixed = (value: number, digits: number): string => withMinus(value.toFixed(digits));

/** A value as short as three significant digits allow. */
export function short(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e4) return withMinus(value.toExponential(0).replace('+', ''));
  if (size < 1e-3) return value.toExponential(1).replaceAll('-', '−');
  return withMinus(String(Number(value.toPrecision(3))));
}

/** A rate or speed: exact zeros are written as `0`, which says more than `0.000`. */
export const exactZero = (value: number, digits: number): string =>
  value === 0 ? '0' : fixed(value, digits);

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

export const count = (value: number): string => value.toLocaleString('en');

/** SVG text of an element; numbers are rounded to a hundredth of a pixel. */
export function tag(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  ...children: readonly string[]
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) =>
        ` ${key}="${typeof value === 'number' ? String(Math.round(value * 100) / 100) : String(value)}"`,
    );
  return `<${name}${written.join('')}>${children.join('')}</${name}>`;
}

/** With a capital at its beginning and a stop at its end. */
export function sentence(text: string): string {
  // Names of files and entries are not words.
  const isName = /^\S+[._[]\S|^\S*\d/.test(text);
  const first = isName ? text : text.slice(0, 1).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

/** Writes a text where it reads otherwise: whatever is written is laid out and painted anew, the same or not. */
export function write(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Fills an element with what it does not hold already; nothing of it may be listened to. */
export function fill(element: Element, content: Iterable<Node | string>): void {
  const made = document.createDocumentFragment();
  made.append(...content);
  const [held, next] = [element.childNodes, made.childNodes];
  if (held.length === next.length && [...held].every((node, k) => node.isEqualNode(next[k]))) return;
  element.replaceChildren(made);
}

const drawn = new WeakMap<Element, string>();

/** Sets the inner markup of an element that nothing else writes to, where it differs. */
export function draw(element: Element, markup: string): void {
  if (drawn.get(element) === markup) return;
  element.innerHTML = markup;
  drawn.set(element, markup);
}

/** An element of the page by its id. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no element '${id}'`);
  return element;
}

/** The first match below an element, of the expected class. */
export function find<T extends Element>(root: ParentNode, selector: string, type: new () => T): T {
  const element = root.querySelector(selector);
  if (!(element instanceof type)) throw new Error(`the page has no '${selector}'`);
  return element;
}
