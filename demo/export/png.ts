/** A figure as PNG: the browser draws the SVG, so that both are one picture. */

/** Browsers refuse canvases beyond this many pixels, or draw them empty. */
const MOST_PIXELS = 120e6;

/** @param width of the picture in pixels; its height follows from the figure. */
export async function pngOf(svg: string, width: number): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  await image.decode();
  const height = Math.round((width * image.naturalHeight) / image.naturalWidth);
  if (width * height > MOST_PIXELS)
    throw new RangeError(`a picture of ${String(width)} × ${String(height)} pixels is too large`);
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  if (!context) throw new RangeError('the browser gives no canvas for the picture');
  context.drawImage(image, 0, 0, width, height);
  return await new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new RangeError(`the browser cannot make a picture of ${String(width)} pixels`));
    });
  });
}
