/** Writing SVG as text: elements, numbers, escaping. */

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Shared by all panels of one figure: definitions to be written once and identifiers that do not clash. */
export interface DrawContext {
  readonly defs: string[];
  /** A new identifier, unique within the page as long as figures differ. */
  readonly newId: (kind: string) => string;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text made safe for XML 1.0 content and attributes; signs that XML forbids become U+FFFD. */
export function escapeXml(text: string): string {
  const legal = text.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
  return legal.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);
}

/** A coordinate with at most two decimals; non-finite values, which no drawing may contain, become 0. */
export function coordinate(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  return Number.isFinite(rounded) && rounded !== 0 ? String(rounded) : '0';
}

/** One element; `undefined` attributes are left out, children must already be XML. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  let head = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    head += ` ${key}="${typeof value === 'number' ? coordinate(value) : escapeXml(value)}"`;
  }
  return children.length === 0 ? `${head}/>` : `${head}>${children.join('')}</${name}>`;
}

/** Path data of a polyline through interleaved x, y. */
export function polyline(points: ArrayLike<number>, closed = false): string {
  let data = '';
  for (let i = 0; i + 1 < points.length; i += 2) {
    data += `${i === 0 ? 'M' : 'L'}${coordinate(points[i])} ${coordinate(points[i + 1])}`;
  }
  return closed ? `${data}Z` : data;
}

/** 32-bit FNV-1a of a text, in base 36. */
export function hashText(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(36);
}
