import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { colourTable } from '../../src/figure/colour.js';
import { layoutFigure } from '../../src/figure/layout.js';
import type { Figure } from '../../src/figure/picture.js';
import { renderPng } from '../../src/figure/png.node.js';
import { base64, rasterise } from '../../src/figure/raster.js';
import { renderSvg } from '../../src/figure/render.js';
import { plainText, textWidth, wrapText } from '../../src/figure/text.js';
import { toneScale } from '../../src/figure/tone.js';
import { landscape, line, page, parseXml, sampleField } from './panels.js';

/** Comparing whole documents would print whole documents, which takes minutes. */
function expectClean(svg: string): void {
  parseXml(svg);
  expect(/.{0,60}(?:NaN|undefined|Infinity).{0,60}/.exec(svg)?.[0]).toBeUndefined();
}

const bowl = sampleField(64, 64, (s, t) => s * s + t * t);
const rotation = {
  vectors: Float64Array.from({ length: 2 * 81 }, (_, k) => (k % 2 === 0 ? 1 : -0.5)),
  size: [9, 9],
} as const;

const everything: Figure = {
  title: 'A <b>&"quoted"&</b> title ]]> \u0007 \ud800',
  caption: 'W_12 < W_{21} & *x*^2',
  honesty: "CPU, f64 'quoted'",
  panels: [
    [
      landscape(bowl, {
        title: '<E_4> & "E_14"',
        subtitle: 'blind on 25.0 % of <this>',
        verdict: 'blind',
        blind: { mask: new Uint8Array(64 * 64).fill(1, 0, 1024), size: [64, 64] },
        deadCount: { values: new Uint8Array(64 * 64).fill(1, 512, 3000), size: [64, 64] },
        deadRanges: { s: [[-3, 0]], t: [[0, 9]] },
        flow: rotation,
        curves: [
          {
            kind: 'path',
            points: [
              [0, 0],
              [0.5, 0.2],
              [0.6, 0.9],
            ],
          },
          {
            kind: 'blind',
            points: [
              [-1, 0],
              [0, 0],
            ],
          },
          {
            kind: 'nullcline',
            points: [
              [-1, -1],
              [1, 1],
            ],
          },
        ],
        fixedPoints: [
          { s: 0, t: 0, name: '<A>', class: 'stable' },
          {
            s: 0.5,
            t: 0.5,
            name: 'S',
            class: 'saddle',
            directions: [
              [1, 1],
              [0, 0],
            ],
          },
          { s: -0.5, t: 0.5, name: 'U', class: 'unstable' },
          { s: -0.5, t: -0.5, name: '?', class: 'undecided' },
          { s: 0.5, t: -0.5, name: 'F', class: 'stable', falseMemory: true },
          { s: 7, t: 7, name: 'outside', class: 'stable' },
        ],
        notes: [{ s: 0.9, t: 0.9, text: 'flat & <moving>\nsecond line' }],
      }),
      landscape(bowl, {
        signed: true,
        relief: true,
        style: 'flow',
        flow: rotation,
        axisLabels: ['a "long" label', 'another & one'],
      }),
    ],
    [
      line([3, 1, 0, 0, NaN, 0, 2], {
        flat: [{ from: 2, to: 5, label: 'flat & dead' }],
        markers: [{ x: 2, y: 0, name: 'A', class: 'stable' }],
        extraCurves: [{ x: Float64Array.from([0, 6]), y: Float64Array.from([0, 3]), label: '|r|^2/2' }],
        verdict: 'unproved',
        subtitle: 'not proved',
      }),
      landscape(bowl, { relief: true, verdict: 'certified', subtitle: 'blind nowhere' }),
    ],
  ],
};

describe('renderSvg', () => {
  it('is well-formed with all kinds of marks and hostile words', () => {
    const svg = renderSvg(everything);
    const names = parseXml(svg);
    expect(names[0]).toBe('svg');
    expect(names.filter((name) => name === 'image')).toHaveLength(3);
    expectClean(svg);
    expect(svg).toContain('&lt;b&gt;&amp;&quot;quoted&quot;');
  });

  it('gives the same bytes again, and unique identifiers', () => {
    expect(renderSvg(everything) === renderSvg(structuredClone(everything))).toBe(true);
    const ids = [...renderSvg(everything).matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const used = [...renderSvg(everything).matchAll(/url\(#([^)]+)\)/g)].map(([, id]) => id);
    expect(used.filter((id) => !ids.includes(id))).toEqual([]);
  });

  const extremes = {
    'a constant field': sampleField(8, 8, () => 3),
    'one sample': sampleField(1, 1, () => 3),
    'one row': sampleField(5, 1, (s) => s),
    'all masked': sampleField(4, 4, () => NaN),
    'partly masked': sampleField(30, 30, (s, t) => (Math.hypot(s, t) > 0.8 ? NaN : s)),
    'infinite samples': sampleField(9, 9, (s, t) => (s > 0.5 ? Infinity : t < -0.5 ? -Infinity : s)),
    'huge values': sampleField(20, 20, (s, t) => s * 1.7e308 + t * 1e307),
    'tiny values': sampleField(20, 20, (s, t) => (s + t) * 1e-310),
    'a plateau at the minimum': sampleField(20, 20, (s) => (s < 0.9 ? 0 : 1)),
  };
  it.each(Object.entries(extremes))('draws %s', (_, field) => {
    for (const tone of ['tone', 'linear', 'symlog'] as const) {
      for (const signed of [false, true]) {
        const svg = renderSvg(page(landscape(field, { tone, signed, relief: true })));
        expectClean(svg);
      }
    }
  });

  it('draws empty and degenerate line panels', () => {
    for (const y of [[], [1], [2, 2, 2], [NaN, NaN], [1e308, -1e308], [0, Infinity, 1]]) {
      const svg = renderSvg(page(line(y, { flat: [{ from: 0, to: 1, label: 'flat' }] })));
      expectClean(svg);
    }
  });

  it('keeps the scale isotropic', () => {
    const panel = landscape(bowl, {
      extent: [
        [-2, 2],
        [0, 3],
      ],
    });
    const [{ frame }] = layoutFigure(page(panel)).panels;
    expect(frame.height / frame.width).toBeCloseTo(3 / 4, 9);
  });

  it('hatches the masked area and nothing else', () => {
    const mask = Uint8Array.from({ length: 4096 }, (_, k) =>
      Math.hypot((k % 64) - 20, (k >> 6) - 30) < 15 ? 1 : 0,
    );
    const figure = page(landscape(bowl, { blind: { mask, size: [64, 64] } }));
    const [{ frame }] = layoutFigure(figure).panels;
    const [, d] = /-mask-\d+"><path d="([^"]+)"/.exec(renderSvg(figure)) ?? [];
    const points = [...d.matchAll(/[ML](\S+) ([^MLZ]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
    const twice = points.reduce((sum, [x, y], k) => {
      const [u, v] = points[(k + 1) % points.length];
      return sum + x * v - u * y;
    }, 0);
    const share = mask.reduce((sum, v) => sum + v, 0) / mask.length;
    expect(Math.abs(twice) / 2 / (frame.width * frame.height)).toBeCloseTo(share, 4);
  });

  it('writes true minus signs', () => {
    const words = [...renderSvg(page(landscape(bowl))).matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(
      ([, word]) => word,
    );
    expect(words).toContain('−1.0');
    expect(words.join(' ')).not.toMatch(/-\d/);
  });
});

describe('words', () => {
  it('set subscripts in smaller type and return to the line', () => {
    const svg = renderSvg(page(landscape(bowl, { axisLabels: ['y_1', ''] })));
    expect(svg).toMatch(/font-style="italic">y<\/tspan><tspan dy="[\d.]+" font-size="[\d.]+">1<\/tspan>/);
  });

  it('leave names with underscores and escaped signs alone', () => {
    expect(plainText('my_model_1 x_1 \\*a\\* b_{12} *E*_4 |r|^2')).toBe('my_model_1 x1 *a* b12 E4 |r|2');
  });

  it('wrap within the width', () => {
    for (const part of wrapText('one two three four five six seven', 60, 12)) {
      expect(textWidth(part, 12)).toBeLessThanOrEqual(60);
    }
  });
});

describe('rasters', () => {
  it('encode base64 like everyone else', () => {
    for (const length of [0, 1, 2, 3, 4, 3071, 3072, 3073, 10000]) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 37) % 256);
      expect(base64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
    }
  });

  it('have the lowest row at the bottom, masked samples transparent and exact end colours', () => {
    const values = Float64Array.from([0, NaN, 2, 10]);
    const field = { values, size: [2, 2] } as const;
    const scale = toneScale(values, 2, 'linear');
    if (!scale) throw new Error('no scale');
    const table = colourTable('tarn');
    const { uri } = rasterise(field, scale, table);
    const png = decode(Uint8Array.from(atob(uri.split(',')[1]), (sign) => sign.charCodeAt(0)));
    expect([png.width, png.height]).toEqual([2, 2]);
    const colour = (k: number): number[] => [...(png.palette?.[png.data[k]] ?? [])];
    expect(colour(2).slice(0, 3)).toEqual([...table.subarray(0, 3)]);
    expect(colour(1).slice(0, 3)).toEqual([...table.subarray(765)]);
    expect(png.data[3]).toBe(0);
  });

  it('follow the tone scale to a palette entry', () => {
    const field = sampleField(64, 64, (s, t) => Math.exp(3 * s) + t * t);
    for (const tone of ['tone', 'linear', 'symlog'] as const) {
      const scale = toneScale(field.values, 64, tone);
      if (!scale) throw new Error('no scale');
      const png = decode(
        Uint8Array.from(atob(rasterise(field, scale, colourTable('tarn')).uri.split(',')[1]), (c) =>
          c.charCodeAt(0),
        ),
      );
      for (let k = 0; k < 4096; k++) {
        const value = field.values[(63 - (k >> 6)) * 64 + (k & 63)];
        expect(Math.abs(png.data[k] - (1 + 254 * scale.toTone(value)))).toBeLessThan(0.75);
      }
    }
  });
});

describe('renderPng', () => {
  it('has the size of the figure times the scale, and true colours', async () => {
    const figure = page(
      landscape(
        sampleField(4, 4, (s) => s),
        { tone: 'linear', style: 'flow' },
      ),
    );
    const layout = layoutFigure(figure);
    const [{ frame }] = layout.panels;
    for (const scale of [1, 2]) {
      const png = decode(await renderPng(figure, { scale }));
      expect([png.width, png.height]).toEqual([layout.width * scale, layout.height * scale]);
      const probe = (x: number, y: number): number[] => {
        const at = (Math.round(y * scale) * png.width + Math.round(x * scale)) * png.channels;
        return [...png.data.subarray(at, at + 3)];
      };
      expect(probe(3, 3)).toEqual([255, 255, 255]);
      const table = colourTable('tarn');
      const y = frame.y + 0.4 * frame.height;
      [0, 1 / 3, 2 / 3, 1].forEach((t, i) => {
        const found = probe(frame.x + ((i + 0.5) / 4) * frame.width, y);
        const expected = [...table.subarray(3 * Math.round(255 * t), 3 * Math.round(255 * t) + 3)];
        found.forEach((value, k) => {
          expect(Math.abs(value - expected[k])).toBeLessThanOrEqual(3);
        });
      });
    }
  });

  it('is deterministic, carries its metadata and draws letters without system fonts', async () => {
    const figure = { ...page(landscape(bowl)), title: 'Größe β', honesty: 'CPU · f64' };
    const png = await renderPng(figure, { scale: 1 });
    expect(Buffer.from(await renderPng(figure, { scale: 1 })).equals(Buffer.from(png))).toBe(true);
    expect(Buffer.from(png).includes('CPU · f64')).toBe(true);
    const image = decode(png, { checkCrc: true });
    let dark = 0;
    for (let y = 28; y < 50; y++) {
      for (let x = 28; x < 140; x++) if (image.data[(y * image.width + x) * image.channels] < 90) dark++;
    }
    expect(dark).toBeGreaterThan(150);
  });
});
