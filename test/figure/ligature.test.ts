import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import { renderPng, withoutLigatures } from '../../src/figure/png.node.js';
import type { Figure } from '../../src/figure/picture.js';

const ink = async (caption: string) => {
  const figure: Figure = {
    title: 'T',
    caption,
    panels: [
      [
        {
          kind: 'line',
          title: 'l',
          x: Float64Array.of(0, 1),
          y: Float64Array.of(0, 1),
          axisLabels: ['x', 'y'],
        },
      ],
    ],
  };
  const { data, channels } = decode(await renderPng(figure, { scale: 1 }));
  let dark = 0;
  for (let at = 0; at < data.length; at += channels) if (data[at] < 128) dark++;
  return dark;
};

test('a line with ffi and two fonts reaches the picture', async () => {
  const without = await ink(' ');
  const plain = await ink('*W* and other things of some length');
  const ligature = await ink('*W* and coefficients, an office, a raffle');
  expect(plain).toBeGreaterThan(without + 100);
  expect(ligature).toBeGreaterThan(without + 100);
});

test('attributes and embedded pictures are left alone', () => {
  expect(withoutLigatures('<a href="office">office</a>')).toBe('<a href="office">off\u200cice</a>');
});
