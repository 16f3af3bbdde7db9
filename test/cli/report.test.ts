/** `memscape report` as a command: its files agree with each other and with `fixed-points`, and nothing comes from outside. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../src/report/index.js';
import { bytesOf, cli, freshFolder, jsonOf, model, namesIn } from './helpers.js';

const folder = freshFolder();
const long = process.env.MEMSCAPE_LONG === '1';
const QUICK = [
  '--starts',
  '64',
  '--descents',
  '4',
  '--samples',
  '64',
  '--evaluations',
  '16',
  '--examined',
  '3',
];
const FILES = ['landscape.svg', 'report.html', 'report.json', 'report.md'];
const textOf = (...path: string[]) => new TextDecoder().decode(bytesOf(...path));

interface Files {
  readonly html: string;
  readonly markdown: string;
  readonly report: Report;
}

async function make(path: string, out: string, more: readonly string[] = []): Promise<Files> {
  const { code, stderr } = await cli(['report', path, ...more, '--device', 'cpu', '--out', out]);
  expect([code, stderr.includes('error')]).toEqual([0, false]);
  expect(namesIn(out)).toEqual(FILES);
  return {
    html: textOf(out, 'report.html'),
    markdown: textOf(out, 'report.md'),
    report: jsonOf(out, 'report.json') as Report,
  };
}

/** Everything a page could load: there is to be none but data. */
function references(html: string): string[] {
  const attributes = [
    ...html.matchAll(/\b(?:src|href|srcset|action|data|poster)\s*=\s*["']?([^"'\s>]+)/gi),
  ].map(([, uri]) => uri);
  const styles = [...html.matchAll(/@import[^;]+|url\(([^)]*)\)/gi)].map(([whole]) => whole);
  return [...attributes, ...styles].filter((uri) => !/^(data:image\/png;base64,|#|url\(#)/.test(uri));
}

/** What must hold of every report. */
function expectWhole({ html, markdown, report }: Files): void {
  expect(references(html)).toEqual([]);
  expect(html).not.toMatch(/<script|<link|<iframe|javascript:|\son\w+=/i);
  const sections = [
    'Landscape',
    'Fixed points',
    'Model',
    'Dead neurons',
    'Certificates',
    'Which R',
    'Left out',
    'Method',
  ];
  for (const title of sections) {
    expect(html).toContain(`<h2>${title}`);
    expect(markdown).toContain(`## ${title}`);
  }
  for (const { name } of report.points) {
    expect(html).toMatch(new RegExp(`<tr><td><svg class="glyph".*?</svg> <strong>${name}</strong></td>`));
    expect(markdown).toContain(`| **${name}** |`);
  }
  expect(new Set(report.points.map(({ name }) => name)).size).toBe(report.points.length);
  // Whatever is drawn has a row.
  for (const { shown } of report.landscape.panels)
    for (const { name } of shown) expect(report.points.map((p) => p.name)).toContain(name);
  expect(report.facts).toHaveLength(4);
  expect(JSON.stringify(report)).not.toMatch(/NaN|Infinity/);
  expect(html + markdown).not.toMatch(/undefined|\bNaN\b|\[object/);
}

describe('the winner-take-all network', () => {
  let files: Files;
  beforeAll(async () => {
    files = await make(model('winner-take-all'), join(folder, 'wta'), [
      '--size',
      '64',
      '--starts',
      '512',
      '--descents',
      '48',
      '--samples',
      '2048',
      '--evaluations',
      '64',
    ]);
  });

  test('has its two memories and the saddle, none missing, in all three files', () => {
    const { report, markdown, html } = files;
    expectWhole(files);
    expect(report.complete).toBe(true);
    expect(report.method).toBe('census');
    expect(report.points.map(({ name, class: kind }) => `${name} ${kind}`)).toEqual([
      'A stable',
      'B stable',
      'S saddle',
    ]);
    const states = [
      [1, -0.5],
      [-0.5, 1],
      [0.4, 0.4],
    ];
    states.forEach((state, k) => {
      state.forEach((v, i) => {
        expect(report.points[k].state[i]).toBeCloseTo(v, 12);
      });
    });
    for (const words of ['(1, −0.5)', '(−0.5, 1)', '(0.4, 0.4)', '0.5, −2.5']) {
      expect(markdown).toContain(words);
      expect(html).toContain(words);
    }
  });

  test('says what is blind with its standard error: both neurons are dead in a quarter of the box', () => {
    const { blindE4, blind } = files.report.dead;
    expect(blind.share).toBe(0);
    expect(blind.upper).toBeCloseTo(3 / 2048, 12);
    expect(Math.abs((blindE4?.share ?? 0) - 0.25)).toBeLessThan(4 * (blindE4?.standardError ?? 0));
    expect(blindE4?.standardError).toBeCloseTo(Math.sqrt(0.25 * 0.75) / Math.sqrt(2048), 3);
    const words = `${(100 * (blindE4?.share ?? 0)).toFixed(1)} %`;
    expect(files.html).toContain(`<strong>${words}</strong>`);
    expect(files.markdown).toContain(words);
  });

  test('recovers what can be recovered and names the neurons that wake', () => {
    const recovery = files.report.dead.recovery;
    expect(recovery?.outcomes.minimum).toBe(48);
    const minima = recovery?.minima ?? [];
    expect(minima.reduce((sum, { count }) => sum + count, 0)).toBe(48);
    for (const { verdict, residualAfter, wakes, flow } of minima)
      if (verdict === 'recovered') {
        expect(residualAfter).toBeLessThan(1e-9);
        expect(['A', 'B']).toContain(flow.point);
      } else {
        expect(verdict).toBe('spurious');
        expect(wakes).toEqual(['x[0]', 'x[1]']);
      }
  });

  test('proves condition (11), tells minima from the saddle, and takes R = identity, certified', () => {
    const { certificates, points, designs } = files.report;
    expect(certificates.condition).toMatchObject({ verdict: 'holds', how: 'proved' });
    expect(certificates.bounded?.verdict).toBe('bounded');
    expect(points.map(({ minimum }) => minimum?.verdict)).toEqual(['yes', 'yes', 'no']);
    const best = designs?.rows[designs.recommended ?? -1];
    expect(best).toMatchObject({ design: 'identity', choice: 'certified' });
    expect(files.html).toContain('<tr class="marked"><td><strong>identity</strong></td>');
  });

  test('draws E4 on the left and the chosen energy on the right, with the same points', () => {
    const { panels } = files.report.landscape;
    expect(panels.map(({ role }) => role)).toEqual(['question', 'answer']);
    expect(panels[0].blindShare).toBeGreaterThan(0.1);
    expect(panels[1].blindShare).toBe(0);
    for (const { shown } of panels) expect(shown.map(({ name }) => name)).toEqual(['A', 'B', 'S']);
    expect(files.html.match(/<figure>/g)).toHaveLength(2);
  });

  test('has a command and a methods paragraph that name what made it', () => {
    const { methods, provenance, hash, citation } = files.report;
    expect(provenance.command).toContain(`report ${model('winner-take-all')} --size 64`);
    expect(methods).toContain(hash.slice(0, 16));
    expect(methods).toContain('census');
    expect(citation).toContain('2410.13866');
    expect(files.html).toContain(`<code>${provenance.command}</code>`);
  });

  test('is the page of docs/reports: the same points, spectra and energies', () => {
    // All columns but |r|, whose last digit is rounding, and the hits, which are counts of another sample.
    const rows = (html: string) =>
      [...html.matchAll(/<tr><td><svg class="glyph".*?<\/tr>/gs)].map(([row]) => {
        const cells = [...row.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, cell]) => cell);
        return [...cells.slice(0, 8), ...cells.slice(9, 11)];
      });
    const documented = rows(textOf('docs/reports/winner-take-all.html'));
    expect(documented).toHaveLength(3);
    expect(rows(files.html)).toEqual(documented);
  });

  test('agrees with fixed-points', async () => {
    const out = join(folder, 'R.json');
    expect(
      (await cli(['fixed-points', model('winner-take-all'), '--starts', '512', '--out', out])).code,
    ).toBe(0);
    const alone = jsonOf(folder, 'R.json') as Report;
    const { complete, points, starts, unseenMass, memories } = files.report;
    expect({ complete, starts, unseenMass, memories }).toEqual({
      complete: alone.complete,
      starts: alone.starts,
      unseenMass: alone.unseenMass,
      memories: alone.memories,
    });
    points.forEach((point, k) => {
      expect(point).toMatchObject(alone.points[k]);
    });
  });
});

const MODELS = readdirSync('models').flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -5)] : []));
/** One of each kind: N = 1, a line with a plateau, W not symmetric, eq. 9, softmax, layers. */
const CHEAP = ['one-neuron', 'fig-2b', 'smu-nonsymmetric', 'fixed-point-finder-2', 'softmax-attention'];

describe(
  long ? 'every model of models/, full settings' : `five of models/, few samples [all with MEMSCAPE_LONG=1]`,
  () => {
    test.each(long ? MODELS : CHEAP)('%s', { timeout: 600_000 }, async (name) => {
      const more = long ? [] : [...QUICK, '--size', '24'];
      expectWhole(
        await make(model(name), join(folder, name), name === 'digits' ? [...more, '--image', '28x28'] : more),
      );
    });
  },
);

describe('a hostile model', () => {
  const hostile = '</title><script>alert(1)</script> | `x` *b* [l](javascript:0)';
  let files: Files;
  beforeAll(async () => {
    const path = join(folder, 'hostile.json');
    const layer = { name: '<img src=x onerror=alert(2)>|', size: 2, activation: 'relu' };
    const weights = [
      [0, -1.5],
      [-1.5, 0],
    ];
    writeFileSync(
      path,
      JSON.stringify({ format: 'memscape-model/1', name: hostile, layers: [layer], weights, bias: [1, 1] }),
    );
    files = await make(path, join(folder, 'hostile'), [...QUICK, '--size', '16']);
  });

  test('stays text in the page', () => {
    const { html } = files;
    expect(html).not.toMatch(/<script|<img src=x|<\/title>.*<\/title>/i);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).toContain('&lt;img src=x onerror=alert(2)&gt;');
    expect(references(html.replaceAll('&lt;img src=x onerror=alert(2)&gt;', ''))).toEqual([]);
  });

  test('stays text in Markdown, and ends no cell', () => {
    const { markdown } = files;
    expect(markdown).not.toMatch(/<script|<img/);
    expect(markdown).toContain('\\[l\\](javascript:0)');
    const rows = markdown.split('\n').filter((row) => row.startsWith('| &lt;img'));
    expect(rows).toHaveLength(1);
    expect(rows[0].match(/(?<!\\)\|/g)).toHaveLength(6);
  });
});

describe('the command', () => {
  test('overwrites nothing without --force, and what is there stays', async () => {
    const out = join(folder, 'kept');
    mkdirSync(out);
    writeFileSync(join(out, 'report.md'), 'kept');
    const argv = ['report', model('one-neuron'), ...QUICK, '--device', 'cpu', '--out', out];
    expect((await cli(argv)).code).toBe(2);
    expect(textOf(out, 'report.md')).toBe('kept');
    expect(namesIn(out)).toEqual(['report.md']);
    expect((await cli([...argv, '--force'])).code).toBe(0);
    expect(namesIn(out)).toEqual(FILES);
  });

  test('interrupted, writes nothing', async () => {
    const out = join(folder, 'interrupted');
    const argv = ['report', model('mlp-feedback'), '--starts', '9999999', '--device', 'cpu', '--out', out];
    expect((await cli(argv, { signal: AbortSignal.timeout(300) })).code).toBe(130);
    expect(existsSync(out)).toBe(false);
  });

  test('answers --json with the report', async () => {
    const argv = [
      'report',
      model('one-neuron'),
      ...QUICK,
      '--device',
      'cpu',
      '--json',
      '--out',
      join(folder, 'json'),
    ];
    const { stdout } = await cli(argv);
    expect(JSON.parse(stdout)).toMatchObject({ format: 'memscape-report/1', complete: true });
  });

  test.each([
    [['--starts', '0'], '--starts'],
    [['--descents', 'many'], '--descents'],
    [['--box', '2:1'], '--box'],
    [['--image', '9x9'], '--image'],
  ])('refuses %j', async (options, words) => {
    const out = join(folder, 'never');
    const { code, stderr } = await cli(['report', model('one-neuron'), ...options, '--out', out]);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(existsSync(out)).toBe(false);
  });
});

test(
  'a network too large to analyse says what was left out, and how to get it',
  { timeout: 120_000 },
  async () => {
    const path = join(folder, 'large.json');
    const layers = [{ name: 'x', size: 260, activation: 'tanh' }];
    const weights = { random: 'goe', seed: 3, scale: 0.5 };
    writeFileSync(path, JSON.stringify({ format: 'memscape-model/1', name: 'large', layers, weights }));
    const files = await make(path, join(folder, 'large'), ['--samples', '16', '--size', '16']);
    expectWhole(files);
    const { omissions, outcome } = files.report;
    expect(outcome).toBe('not-searched');
    expect(omissions.map(({ what }) => what)).toContain('the comparison of designs');
    for (const { what, mend } of omissions) {
      expect(files.html).toContain(what);
      expect(mend).not.toBe('');
    }
  },
);
