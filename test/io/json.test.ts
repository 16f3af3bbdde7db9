import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemscapeError } from '../../src/errors.js';
import { MAX_DEPTH, parseJson } from '../../src/io/json.js';

function refusal(text: string): MemscapeError {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof MemscapeError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('parseJson', () => {
  test('is JSON.parse for JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), fc.constantFrom(0, 2), (text, indent) => {
        const value: unknown = JSON.parse(text);
        expect(parseJson(JSON.stringify(value, null, indent))).toEqual(value);
      }),
    );
  });

  test.each([
    ['{"a": }', 'unexpected "}" at line 1, column 7'],
    ['{\n  "a": 1,\n}', 'unexpected "}" at line 3, column 1'],
    ['[1, 2', 'unexpected the end of the file at line 1, column 6'],
    ['', 'the end of the file at line 1, column 1'],
    ['[NaN]', '"N" at line 1, column 2'],
    ['[1 2]', '"2" at line 1, column 4'],
    ['[01]', '"1" at line 1, column 3'],
    ['[+1]', '"+" at line 1, column 2'],
    ["{'a': 1}", `"'" at line 1, column 2`],
    ['{"a": 1} // no', '"/" at line 1, column 10'],
    ['{"a" 1}', '"1" at line 1, column 6'],
    ['{"a": "x\ny"}', 'line 1, column 9'],
    ['["\\x"]', 'line 1, column 3'],
    ['[1]]', '"]" at line 1, column 4'],
    ['{]', '"]" at line 1, column 2'],
    ['["abc', 'the end of the file at line 1, column 6'],
  ])('%j', (text, place) => {
    const error = refusal(text);
    expect(error.what).toContain(place);
    expect(error.code).toBe('model-json');
    expect(error.exitCode).toBe(2);
  });

  test('every broken text has a place, and JSON.parse agrees on what is broken', () => {
    const sources = [
      '{"a": [1, -2.5e3, "x\\u00e9\\n"], "b": {"c": null, "d": true}}',
      '[[0, -1.5], [-1.5, 0]]',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...sources),
        fc.nat(60),
        fc.constantFrom(
          '',
          '"',
          '{',
          '}',
          '[',
          ']',
          ',',
          ':',
          '\\',
          '1',
          '-',
          'e',
          '.',
          ' ',
          '\n',
          '\u0000',
          '\u2028',
        ),
        (source, place, insert) => {
          const text = source.slice(0, place) + insert + source.slice(place + 1);
          let valid = true;
          try {
            JSON.parse(text);
          } catch {
            valid = false;
          }
          if (valid) expect(() => parseJson(text)).not.toThrow();
          else expect(refusal(text).what).toMatch(/line \d+, column \d+|nested|twice/);
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('keys that occur twice', () => {
    expect(refusal('{"a": 1, "b": {"a": 2}, "a": 3}').what).toContain('"a" twice');
    expect(parseJson('[{"a": "a"}, {"a": "a"}]')).toEqual([{ a: 'a' }, { a: 'a' }]);
    expect(refusal('{"a": 1, "\\u0061": 2}').what).toContain('"a" twice');
    expect(parseJson('{"a": ["b", "b"], "b": "b"}')).toEqual({ a: ['b', 'b'], b: 'b' });
  });

  test('depth', () => {
    const nest = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(parseJson(nest(MAX_DEPTH))).toBeDefined();
    expect(refusal(nest(MAX_DEPTH + 1)).what).toContain('deeper than 64');
    expect(refusal('['.repeat(1_000_000)).what).toContain('deeper than 64');
    expect(refusal('{"a":'.repeat(1_000_000)).what).toContain('deeper than 64');
    expect(parseJson('["[[[[{{{{"]')).toEqual(['[[[[{{{{']);
  });
});
