import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isolines, toneGrid } from '../../src/figure/contour.js';
import { jitter } from '../../src/figure/flow.js';
import { innerEdges, maskOutline } from '../../src/figure/outline.js';
import { thinField } from '../../src/figure/thin.js';
import { toneScale } from '../../src/figure/tone.js';
import type { ScalarField } from '../../src/figure/picture.js';
import { sampleField } from './panels.js';

function linesAt(field: ScalarField, value: number): number[][] {
  const scale = toneScale(field.values, field.size[0], 'linear');
  if (!scale) throw new Error('no finite value');
  return isolines(toneGrid(field, scale), [scale.toTone(value)])[0];
}

function area(ring: readonly number[]): number {
  let twice = 0;
  for (let k = 0; k < ring.length; k += 2) {
    const next = (k + 2) % ring.length;
    twice += ring[k] * ring[next + 1] - ring[next] * ring[k + 1];
  }
  return twice / 2;
}

describe('isolines', () => {
  it('are circles of the right radius for a cone', () => {
    const lines = linesAt(sampleField(80, 80, Math.hypot), 0.5);
    expect(lines).toHaveLength(1);
    const [ring] = lines;
    expect(ring.slice(0, 2)).toEqual(ring.slice(-2));
    for (let k = 0; k < ring.length; k += 2) {
      expect(Math.hypot(2 * ring[k] - 1, 2 * ring[k + 1] - 1)).toBeCloseTo(0.5, 2);
    }
  });

  it('reach the border and do not run along it', () => {
    const lines = linesAt(
      sampleField(33, 21, (s) => s),
      0.3,
    );
    expect(lines).toHaveLength(1);
    const heights = lines[0].filter((_, i) => i % 2 === 1);
    expect(Math.min(...heights)).toBeLessThanOrEqual(0);
    expect(Math.max(...heights)).toBeGreaterThanOrEqual(1);
    for (const s of lines[0].filter((_, i) => i % 2 === 0)) expect(s).toBeCloseTo(0.65, 6);
  });

  it('do not draw the rim of a plateau that lies on the level', () => {
    const relu = sampleField(64, 64, (s, t) => Math.max(0, s) ** 2 - Math.max(0, t) ** 2);
    const inside = (line: number[]): boolean => line.every((v) => v < 0.49);
    expect(linesAt(relu, 0).some(inside)).toBe(false);
    // The genuine zero line on the diagonal of the other quadrant stays.
    expect(linesAt(relu, 0).some((line) => line.every((v) => v > 0.49))).toBe(true);
    expect(
      linesAt(
        sampleField(20, 20, (s) => (s < 0 ? 0 : 1)),
        1,
      ),
    ).toEqual([]);
  });

  it('ignore noise of single precision on a plateau', () => {
    const noise = sampleField(64, 64, (s, t) =>
      s < 0 && t < 0 ? (jitter(s * 99, t * 99, 1) - 0.5) * 2e-7 : s + t,
    );
    for (const line of linesAt(noise, 0)) {
      const deep = line.filter((v, i) => i % 2 === 0 && v < 0.45 && line[i + 1] < 0.45);
      expect(deep).toEqual([]);
    }
  });

  it('stop at masked samples', () => {
    const field = sampleField(40, 40, (s, t) => (Math.abs(t) < 0.2 ? NaN : s));
    const lines = linesAt(field, 0);
    expect(lines).toHaveLength(2);
    for (const v of lines.flat()) expect(Number.isFinite(v)).toBe(true);
  });

  it('cope with noise, a single sample and a single row', () => {
    const noise = sampleField(128, 128, (s, t) => jitter(Math.round(s * 64), Math.round(t * 64), 5));
    expect(linesAt(noise, 0.5).length).toBeGreaterThan(100);
    expect(
      linesAt(
        sampleField(1, 1, () => 2),
        2,
      ),
    ).toEqual([]);
    expect(
      linesAt(
        sampleField(9, 1, (s) => s),
        0.1,
      ).length,
    ).toBeLessThanOrEqual(1);
  });
});

describe('mask outlines', () => {
  it('enclose exactly the masked area', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        fc.infiniteStream(fc.boolean()),
        (ns, nt, bits) => {
          const mask = new Uint8Array(ns * nt).map(() => (bits.next().value ? 1 : 0));
          const total = maskOutline({ mask, size: [ns, nt] }).reduce((sum, ring) => sum + area(ring), 0);
          expect(total).toBeCloseTo(mask.reduce((sum, v) => sum + v, 0) / mask.length, 9);
        },
      ),
    );
  });

  it('have one edge inside for a quadrant, none for a full mask', () => {
    const quadrant = Uint8Array.from({ length: 64 }, (_, k) => (k % 8 < 4 && k < 32 ? 1 : 0));
    const edges = innerEdges(maskOutline({ mask: quadrant, size: [8, 8] }));
    expect(edges).toHaveLength(1);
    expect(edges[0]).toHaveLength(6);
    expect(innerEdges(maskOutline({ mask: new Uint8Array(64).fill(1), size: [8, 8] }))).toEqual([]);
  });
});

describe('thinning', () => {
  it('keeps samples, never averages', () => {
    const field = sampleField(1000, 700, (s, t) => s * 1000 + t);
    const thin = thinField(field, 512);
    expect([thin.width, thin.height]).toEqual([500, 350]);
    const known = new Set(field.values);
    expect(Array.from(thin.values).every((v) => known.has(v))).toBe(true);
  });
});
