/**
 * Very large screens enlarge the whole page (style/page.css). Lengths that boxes give (`clientWidth`) are of the page;
 * places of pointers and rectangles on the screen are not, and pixels are finer than the screen's own ratio says.
 */

/** Screen pixels for a CSS pixel of the page. */
const enlarged = (): number =>
  (document.documentElement as { readonly currentCSSZoom?: number }).currentCSSZoom ?? 1;

/** Device pixels for a CSS pixel of the page. */
export const pixelRatio = (): number => devicePixelRatio * enlarged();

/** Where a pointer is in an element, from its upper left corner, in CSS pixels of the page. */
export function placeIn(
  element: Element,
  { clientX, clientY }: { readonly clientX: number; readonly clientY: number },
): readonly [number, number] {
  const { left, top } = element.getBoundingClientRect();
  const scale = enlarged();
  return [(clientX - left) / scale, (clientY - top) / scale];
}
