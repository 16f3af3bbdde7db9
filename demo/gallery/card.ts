/** What a card of the gallery says: plain data, which the build keeps between two runs. */

/** A model file, and how it reads the files beside it. */
export interface ModelText {
  readonly name: string;
  readonly text: string;
  readonly beside: (path: string) => Promise<Uint8Array>;
}

export interface Thumbnail {
  /** An SVG document. */
  readonly svg: string;
  /** What is seen, in words. */
  readonly words: string;
  /** Of one neuron: lines on white. */
  readonly curve: boolean;
}

/** Left the energy under question, right the one that answers. */
export interface Card {
  readonly name: string;
  readonly neurons: number;
  /** E.g. `4 relu, 2 softmax`. */
  readonly layers: string;
  /** E.g. `eq. 13, R = gradient`. */
  readonly dynamics: string;
  /** Fixed points found, by class; undefined where none were looked for. */
  readonly counts:
    | {
        readonly stable: number;
        readonly saddle: number;
        readonly unstable: number;
        readonly undecided: number;
      }
    | undefined;
  readonly left: Thumbnail | { readonly missing: string };
  readonly right: Thumbnail;
  /** The explorer's link from its `#` on, or why the explorer does not take the file. */
  readonly opens: { readonly link: string } | { readonly obstacle: string };
}
