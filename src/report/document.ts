/**
 * A report as a document: sections of blocks of words, without any syntax. What it says is decided once (content*.ts); the
 * page (html.ts) and the text (markdown.ts) only write it down, so they cannot contradict each other.
 */
import type { Fact } from './data.js';

/** What a badge means: proved, not to be trusted, sampled or undecided. */
export type Tone = 'certified' | 'blind' | 'caution' | 'plain';

/** A glyph of the figures beside a class. */
export type Glyph = 'stable' | 'saddle' | 'unstable' | 'undecided' | 'false-memory';

/** A piece of a line. Plain texts are text: every writer escapes them. */
export type Inline =
  | string
  | { readonly kind: 'strong'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'badge'; readonly tone: Tone; readonly text: string }
  | { readonly kind: 'glyph'; readonly glyph: Glyph }
  | { readonly kind: 'image'; readonly uri: string; readonly words: string };

export type Line = readonly Inline[];

/** A column of a table. */
interface Column {
  readonly title: string;
  /** Numbers are aligned at their right end. */
  readonly numeric?: boolean;
}

export interface Table {
  readonly kind: 'table';
  readonly caption: string;
  /** How exact, and out of how many. */
  readonly note?: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Line[])[];
  /** A row to be marked. */
  readonly marked?: number;
}

export type Block =
  | { readonly kind: 'paragraph'; readonly line: Line }
  | { readonly kind: 'list'; readonly items: readonly Line[] }
  | { readonly kind: 'terms'; readonly rows: readonly (readonly [term: string, line: Line])[] }
  | { readonly kind: 'formula'; readonly text: string; readonly mathml: string }
  | { readonly kind: 'facts'; readonly facts: readonly Fact[] }
  | {
      readonly kind: 'figures';
      readonly figures: readonly { readonly svg: string; readonly caption: Line }[];
      /** The file that shows them where pages cannot be shown. */
      readonly file: string;
      readonly words: string;
    }
  | Table;

export interface Section {
  /** For links; empty for the opening. */
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

export interface ReportDocument {
  readonly title: string;
  readonly subtitle: Line;
  readonly sections: readonly Section[];
  readonly footer: Line;
}

/** What a document shows that its data does not hold. */
export interface Pictures {
  /** One SVG for each panel of the landscape. */
  readonly svgs: readonly string[];
  /** The file with all of them, for the text. */
  readonly file: string;
  /** Data URIs of the images of points, by name. */
  readonly images: ReadonlyMap<string, string>;
}

export const strong = (text: string): Inline => ({ kind: 'strong', text });
export const code = (text: string): Inline => ({ kind: 'code', text });
export const badge = (tone: Tone, text: string): Inline => ({ kind: 'badge', tone, text });
export const glyph = (of: Glyph): Inline => ({ kind: 'glyph', glyph: of });
export const paragraph = (...line: Inline[]): Block => ({ kind: 'paragraph', line });
