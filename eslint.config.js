import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * The house, from the ground up: a part of src/ (folder or file) imports only itself and what stands before it.
 * Parts on one line do not know each other.
 */
const house = [
  ['types'],
  ['errors', 'abort'],
  ['math'],
  ['model'],
  ['flow'],
  ['io'],
  ['wgsl'],
  ['plan'],
  ['backend'],
  ['recovery'],
  ['stream'],
  ['cpu', 'gpu'],
  ['analysis'],
  ['basins'],
  ['figure'],
  ['simulator'],
  ['figures'],
  ['report'],
  ['index', 'node'],
  ['bundle'],
  ['cli'],
];
const singleFiles = ['types', 'errors', 'abort', 'backend', 'simulator', 'index', 'node', 'bundle'];
/** Stricter than the order: what works on fields must not care who computed them. */
const blindTo = {
  analysis: ['cpu', 'gpu'],
  basins: ['cpu', 'gpu'],
  figure: ['cpu', 'gpu'],
  simulator: ['gpu'],
};

/** The files that may use Node; all others run in pages too. */
const nodeFiles = ['**/*.node.ts', 'src/node.ts', 'src/gpu/child.ts', 'src/cli/**'];
const noNode = {
  regex: String.raw`^node:|^webgpu$|\.node\.js$|^(\.\.?/)+node\.js$`,
  message: 'this file runs in pages too; Node is for *.node.ts, node.ts, gpu/child.ts and cli/.',
};

const restrict = (patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });

const direction = house.flatMap((parts, level) =>
  parts.flatMap((part) => {
    const others = parts.filter((other) => other !== part);
    const closed = [...others, ...house.slice(level + 1).flat(), ...(blindTo[part] ?? [])];
    const isFile = singleFiles.includes(part);
    const files = isFile ? `src/${part}.ts` : `src/${part}/**`;
    const patterns = [
      {
        regex: String.raw`^${isFile ? String.raw`\./` : String.raw`(\.\./)+`}(${closed.join('|')})(/|\.js$)`,
        message: `src/${part} imports only what stands before it in the house (eslint.config.js).`,
      },
    ].slice(closed.length > 0 ? 0 : 1);
    return [
      { files: [files], ignores: nodeFiles, rules: restrict([...patterns, noNode]) },
      { files: nodeFiles.map((node) => [files, node]), rules: restrict(patterns) },
    ];
  }),
);

const publicOnly = {
  files: ['demo/**', 'bench/**'],
  rules: restrict([
    {
      regex: String.raw`^(\.\./)+src/(?!(index|analysis/index|figures/index|node|cpu/worker\.web)\.js)`,
      message:
        'pages and benchmarks are users of memscape: import src/index.js, src/analysis/index.js or src/figures/index.js.',
    },
  ]),
};

export default defineConfig(
  { ignores: ['dist/', 'out/', 'docs/api/', '**/.vitest-attachments/'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  {
    // Plain JavaScript runs before anything is built, and has no types.
    files: ['**/*.js', '**/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { parserOptions: { projectService: false } },
    rules: { 'no-undef': 'off' },
  },
  {
    files: ['src/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'CallExpression > SpreadElement MemberExpression[property.name="data"]',
          message:
            'a call takes some 120,000 arguments, and a matrix holds more: use a loop (math/magnitude.ts).',
        },
      ],
    },
  },
  direction,
  publicOnly,
);
