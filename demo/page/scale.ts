/**
 * Very large screens enlarge the whole page (style/page.css). Lengths that boxes give (`clientWidth`) are of the page;
 * places of pointers and rectangles on the screen are not, and pixels are finer than the screen's own ratio says.
 */

let scale: number | undefined;
// Asking has the whole page styled anew; the answer hangs on the size of the window alone.
addEventListener('resize', () => (scale = undefined));

/** Screen pixels for a CSS pixel of the page. */
const enlarged = (): number =>
  (scale ??= (document.documentElement as { readonly currentCSSZoom?: number }).currentCSSZoom ?? 1);

/** Device pixels for a CSS pixel of the page. */
export const pixelRatio = (): number => devicePixelRatio * enlarged();

/** Where a pointer is in an element, from its upper left corner, in CSS pixels of the page. */
export function placeIn(
  element: Element,
  { clientX, clientY }: { readonly clientX: number; readonly clientY: number },
): readonly [number, number] {
  const { left, top } = element.getBoundingClientRect();
  return [(clientX - left) / enlarged(), (clientY - top) / enlarged()];
}
