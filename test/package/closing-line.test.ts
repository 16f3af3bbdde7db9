/** The last line of a test run counts everything that went wrong, also what vitest's own summary leaves out. */
import type { TestModule } from 'vitest/node';
import { afterEach, expect, test, vi } from 'vitest';
import ClosingLine from '../closing-line.js';

interface Fake {
  readonly project?: string;
  readonly states?: readonly string[];
  readonly errors?: number;
  readonly hookErrors?: number;
  readonly adapter?: string;
}

function fakeModule({
  project = 'unit',
  states = [],
  errors = 0,
  hookErrors = 0,
  adapter,
}: Fake): TestModule {
  const failures = (count: number) => Array.from({ length: count }, () => new Error('planted'));
  return {
    project: { name: project },
    errors: () => failures(errors),
    children: {
      allSuites: () => [{ errors: () => failures(hookErrors) }],
      allTests: () => states.map((state) => ({ result: () => ({ state }), meta: () => ({ adapter }) })),
    },
  } as unknown as TestModule;
}

function lines(modules: readonly Fake[], unhandled = 0): unknown[] {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const errors = Array.from({ length: unhandled }, () => ({ message: 'planted' }));
  new ClosingLine().onTestRunEnd(modules.map(fakeModule), errors);
  return log.mock.calls.map(([line]: unknown[]) => line);
}

const { exitCode } = process;
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = exitCode;
});

test('a good run', () => {
  expect(lines([{ states: ['passed', 'passed', 'skipped'] }])).toEqual(['2 passed, 0 failed, 1 skipped']);
  expect(process.exitCode).toBe(exitCode);
});

test('failed tests, unfinished tests, broken files, broken hooks and stray errors are failures', () => {
  const modules = [
    { states: ['passed', 'failed', 'pending'] },
    { errors: 1 },
    { states: ['skipped'], hookErrors: 1 },
  ];
  expect(lines(modules, 1)).toEqual(['1 passed, 5 failed, 1 skipped']);
});

test('a run in which nothing passed is a failure', () => {
  expect(lines([{ states: ['skipped'] }])).toEqual(['0 passed, 0 failed, 1 skipped']);
  expect(process.exitCode).toBe(1);
});

test('tests are counted by adapter, skipped ones are not', () => {
  const modules = [
    { project: 'gpu', states: ['passed', 'skipped', 'failed'], adapter: 'A, Dawn' },
    { project: 'browser (chromium)', states: ['passed'], adapter: 'B / b, Chromium 156' },
    { project: 'gpu', states: ['passed'], adapter: 'A, Dawn' },
  ];
  expect(lines(modules)).toEqual([
    'gpu: 3 tests on A, Dawn',
    'browser: 1 test on B / b, Chromium 156',
    '3 passed, 1 failed, 1 skipped',
  ]);
});
