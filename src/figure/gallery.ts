/** Images in rows and columns on a white ground, with the names of rows at the left and of columns above. */
import type { AxisRoom } from './axes.js';
import type { Frame } from './frame.js';
import { pixelPng } from './images.js';
import type { GalleryPanel } from './picture.js';
import { element } from './svg.js';
import { textElement, textWidth } from './text.js';
import { COLOUR, SIZE } from './theme.js';

/** Share of a cell that its image takes. */
const FILLED = 0.92;
const BESIDE = 10;

/** Columns and rows. */
export function gallerySize({ images }: GalleryPanel): readonly [columns: number, rows: number] {
  return [Math.max(1, ...images.map((row) => row.length)), Math.max(1, images.length)];
}

/** Room for the names of the rows; those of the columns stand below the images. */
export function galleryRoom({ rowNames, columnNames }: GalleryPanel): AxisRoom {
  const widest = Math.max(0, ...rowNames.map((name) => textWidth(name, SIZE.small)));
  return {
    left: widest === 0 ? 0 : widest + BESIDE,
    below: columnNames.some((name) => name !== '') ? 20 : 4,
  };
}

/** The images of a gallery inside its frame. */
export function drawGallery(panel: GalleryPanel, frame: Frame): string {
  const { images, rowNames, columnNames } = panel;
  const [columns, rows] = gallerySize(panel);
  const [width, height] = [frame.width / columns, frame.height / rows];
  let out = '';
  images.forEach((row, j) => {
    const middle = frame.y + (j + 0.5) * height;
    const name = { size: SIZE.small, fill: COLOUR.ink2, anchor: 'end' } as const;
    out += textElement(frame.x - BESIDE, middle + 0.36 * SIZE.small, rowNames[j] ?? '', name);
    row.forEach((image, i) => {
      if (!image) return;
      const longer = Math.max(...image.size);
      const side = FILLED * Math.min(width, height);
      const [w, h] = image.size.map((n) => (side * n) / longer);
      const box = { x: frame.x + (i + 0.5) * width - w / 2, y: middle - h / 2, width: w, height: h };
      out += element('image', {
        ...box,
        preserveAspectRatio: 'none',
        href: pixelPng(image, Math.round(side)),
      });
      out += element('rect', { ...box, fill: 'none', stroke: COLOUR.ruleStrong, 'stroke-width': 0.8 });
    });
  });
  const below = { size: SIZE.tick, fill: COLOUR.ink2, anchor: 'middle' } as const;
  columnNames.forEach((name, i) => {
    out += textElement(frame.x + (i + 0.5) * width, frame.y + frame.height + 14, name, below);
  });
  return out;
}
