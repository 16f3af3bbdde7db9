/**
 * A canvas to draw lines, glyphs and words on, in CSS pixels. Not SVG: whatever changes with every frame would be
 * painted by the GPU together with the page around it, and a software adapter takes a tenth of a second for that.
 */
import type { Point } from '../model/exact.js';
import { pixelRatio } from '../page/scale.js';
import { isPrinting } from '../page/theme.js';

export interface Stroke {
  readonly colour: string;
  readonly width?: number;
  readonly dash?: readonly number[];
  readonly alpha?: number;
  readonly cap?: CanvasLineCap;
}

export interface Words {
  readonly colour: string;
  readonly font: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  /** Colour and width of what lies behind the letters. */
  readonly halo?: readonly [string, number];
}

/** Fonts and colours of the page, as a canvas understands them. */
export interface Palette {
  readonly words: string;
  readonly numbers: string;
  readonly math: string;
  readonly ink: string;
  readonly ink3: string;
  readonly rule: string;
  readonly paper: string;
  readonly panel: string;
  readonly blind: string;
  readonly blindWash: string;
  readonly certified: string;
  /** Signs of numbers. */
  readonly above: string;
  readonly below: string;
  /** The one colour of data without a verdict. */
  readonly plain: string;
}

/** Resolves tokens by asking an element that wears them: the value of a custom property is not yet a colour. */
export function readPalette(): Palette {
  const probe = document.createElement('span');
  document.body.append(probe);
  const style = getComputedStyle(probe);
  const colour = (token: string) => {
    probe.style.color = `var(--${token})`;
    return style.color;
  };
  const font = (token: string) => {
    probe.style.fontFamily = `var(--font-${token})`;
    return style.fontFamily;
  };
  const palette = {
    words: font('text'),
    numbers: font('number'),
    math: font('math'),
    ink: colour('ink'),
    ink3: colour('ink-3'),
    rule: colour('rule-strong'),
    paper: colour('paper'),
    panel: colour('panel'),
    blind: colour('blind'),
    blindWash: colour('blind-wash'),
    certified: colour('certified'),
    above: colour('above'),
    below: colour('below'),
    plain: colour('accent'),
  };
  probe.remove();
  return palette;
}

export class Ink {
  #canvas: HTMLCanvasElement;
  #context: CanvasRenderingContext2D;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    // Kept on the CPU until a GPU has shown that it is one.
    this.#context = contextOf(canvas, true);
  }

  get context(): CanvasRenderingContext2D {
    return this.#context;
  }

  /** Moves to a canvas that the GPU draws; a canvas cannot change its mind. */
  accelerate(): void {
    const canvas = document.createElement('canvas');
    canvas.className = this.#canvas.className;
    this.#canvas.replaceWith(canvas);
    this.#canvas = canvas;
    this.#context = contextOf(canvas, false);
  }

  /** An empty sheet of this size. */
  begin(width: number, height: number): void {
    // Paper is finer than screens.
    const ratio = pixelRatio() * (isPrinting() ? 2 : 1);
    const canvas = this.#canvas;
    const [columns, rows] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== columns) canvas.width = columns;
    if (canvas.height !== rows) canvas.height = rows;
    this.#context.setTransform(1, 0, 0, 1, 0, 0);
    this.#context.clearRect(0, 0, columns, rows);
    this.#context.scale(ratio, ratio);
    this.#context.lineJoin = 'round';
  }

  line(points: readonly Point[], stroke: Stroke): void {
    const path = new Path2D();
    for (const [k, [x, y]] of points.entries())
      if (k === 0) path.moveTo(x, y);
      else path.lineTo(x, y);
    this.#stroke(path, stroke);
  }

  /** Closed, filled, and stroked where asked. */
  area(points: readonly Point[], fill: string, alpha = 1, stroke?: Stroke): void {
    const path = new Path2D();
    for (const [k, [x, y]] of points.entries())
      if (k === 0) path.moveTo(x, y);
      else path.lineTo(x, y);
    path.closePath();
    this.#fill(path, fill, alpha);
    if (stroke) this.#stroke(path, stroke);
  }

  circle([x, y]: Point, radius: number, fill: string | undefined, stroke?: Stroke): void {
    const path = new Path2D();
    path.arc(x, y, radius, 0, 2 * Math.PI);
    if (fill !== undefined) this.#fill(path, fill, 1);
    if (stroke) this.#stroke(path, stroke);
  }

  /** The width that words would take. */
  measure(text: string, font: string): number {
    this.#context.font = font;
    return this.#context.measureText(text).width;
  }

  /** Returns the width that the words take. */
  words(text: string, [x, y]: Point, { colour, font, anchor = 'start', halo }: Words): number {
    const context = this.#context;
    const width = this.measure(text, font);
    const left = x - (anchor === 'middle' ? width / 2 : anchor === 'end' ? width : 0);
    if (halo) {
      [context.strokeStyle, context.lineWidth] = halo;
      context.strokeText(text, left, y);
    }
    context.fillStyle = colour;
    context.fillText(text, left, y);
    return width;
  }

  #fill(path: Path2D, colour: string, alpha: number): void {
    const context = this.#context;
    context.globalAlpha = alpha;
    context.fillStyle = colour;
    context.fill(path);
    context.globalAlpha = 1;
  }

  #stroke(path: Path2D, { colour, width = 1, dash = [], alpha = 1, cap = 'butt' }: Stroke): void {
    const context = this.#context;
    context.globalAlpha = alpha;
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.lineCap = cap;
    context.setLineDash([...dash]);
    context.stroke(path);
    context.setLineDash([]);
    context.globalAlpha = 1;
  }
}

function contextOf(canvas: HTMLCanvasElement, willReadFrequently: boolean): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently });
  if (!context) throw new Error('the canvas gives no 2D context');
  return context;
}
