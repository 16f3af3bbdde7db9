import { describe, expect, test } from 'vitest';
import { gaussian, goe, isSeed, philox4x32, randomStream } from '../../src/model/random.js';
import type { Words2, Words4 } from '../../src/model/random.js';

const words = (text: string) => text.split(' ').map((word) => Number.parseInt(word, 16));

describe('Philox4x32-10', () => {
  // Random123 1.14, tests/kat_vectors, the lines "philox4x32 10".
  test.each([
    ['00000000 00000000 00000000 00000000', '00000000 00000000', '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    ['ffffffff ffffffff ffffffff ffffffff', 'ffffffff ffffffff', '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    ['243f6a88 85a308d3 13198a2e 03707344', 'a4093822 299f31d0', 'd16cfe09 94fdcceb 5001e420 24126ea1'],
  ])('known answer of counter %s', (counter, key, answer) => {
    expect(philox4x32(words(counter) as unknown as Words4, words(key) as unknown as Words2)).toEqual(
      words(answer),
    );
  });
});

describe('streams', () => {
  test('a number depends on seed, stream and index alone', () => {
    const forwards = randomStream(7);
    const values = Array.from({ length: 9 }, (_, index) => forwards.normal(index));
    const backwards = randomStream(7);
    for (let index = 8; index >= 0; index--) expect(backwards.normal(index)).toBe(values[index]);
    expect(randomStream(8).normal(0)).not.toBe(values[0]);
    expect(randomStream(7, 1).normal(0)).not.toBe(values[0]);
    expect(randomStream(7 + 2 ** 32).normal(0)).not.toBe(values[0]);
    expect(forwards.uniform(2 ** 34)).not.toBe(forwards.uniform(0));
  });

  test('the first uniform number is made of the known answer of zeros', () => {
    const [high, low] = words('6627e8d5 e169c58d');
    const bits = (BigInt(high >>> 6) << 26n) | BigInt(low >>> 6);
    expect(randomStream(0).uniform(0)).toBe((Number(bits) + 0.5) / 2 ** 52);
  });

  test('uniform and normal numbers have their moments', () => {
    const count = 200_000;
    const { uniform, normal } = randomStream(3);
    let outside = 0;
    let [mean, square, sum, sum2, sum4] = [0, 0, 0, 0, 0];
    for (let k = 0; k < count; k++) {
      const u = uniform(k);
      const z = normal(k);
      if (!(u > 0 && u < 1)) outside++;
      mean += u / count;
      square += (u * u) / count;
      sum += z / count;
      sum2 += (z * z) / count;
      sum4 += z ** 4 / count;
    }
    expect(outside).toBe(0);
    expect(mean).toBeCloseTo(1 / 2, 2);
    expect(square).toBeCloseTo(1 / 3, 2);
    expect(Math.abs(sum)).toBeLessThan(0.01);
    expect(Math.abs(sum2 - 1)).toBeLessThan(0.015);
    expect(Math.abs(sum4 - 3)).toBeLessThan(0.15);
  });

  test('misuse is refused', () => {
    for (const seed of [-1, 0.5, NaN, 2 ** 53, '1']) expect(isSeed(seed)).toBe(false);
    expect(() => randomStream(-1)).toThrow(RangeError);
  });
});

describe('matrices', () => {
  test('goe is symmetric with variance scale^2/N and twice that on the diagonal', () => {
    const size = 300;
    const { data } = goe(size, 5, 2);
    let unequal = 0;
    let diagonal = 0;
    let rest = 0;
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        if (data[i * size + j] !== data[j * size + i]) unequal++;
        if (i === j) diagonal += data[i * size + i] ** 2 / size;
        else rest += data[i * size + j] ** 2 / (size * (size - 1));
      }
    }
    expect(unequal).toBe(0);
    expect(rest * size).toBeCloseTo(4, 0);
    expect(Math.abs(diagonal * size - 8)).toBeLessThan(2);
  });

  test('elements come in the documented order', () => {
    const size = 5;
    const { normal } = randomStream(11);
    const symmetric = goe(size, 11);
    const free = gaussian(size, 11, 3);
    expect(symmetric.data[1 * size + 3]).toBe((1 / Math.sqrt(size)) * normal(8));
    expect(symmetric.data[3 * size + 1]).toBe(symmetric.data[8]);
    expect(free.data[3 * size + 1]).toBe((3 / Math.sqrt(size)) * normal(16));
  });
});
