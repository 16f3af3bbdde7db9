/**
 * Ends a test run with how many tests ran on which adapter and, last, the plain line `N passed, N failed, N skipped`.
 * Everything that went wrong counts as failed: errors outside of tests, files that did not load, hooks, and tests
 * that never ended because their process died. A run in which nothing passed fails.
 */
import type { Reporter, TestModule } from 'vitest/node';
import './setup/adapter.js';

export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandled.length, skipped: 0 };
    const adapters = new Map<string, number>();
    for (const module of modules) {
      count.failed += module.errors().length;
      for (const suite of module.children.allSuites()) count.failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        count[state === 'pending' ? 'failed' : state]++;
        const { adapter } = test.meta();
        if (adapter === undefined || state === 'skipped') continue;
        // Vitest adds the browser to the project's name.
        const project = module.project.name.replace(/ \(.*\)$/, '');
        const where = `${project}: # on ${adapter}`;
        adapters.set(where, (adapters.get(where) ?? 0) + 1);
      }
    }
    if (count.passed === 0) process.exitCode = 1;
    for (const [where, tests] of adapters)
      console.log(where.replace('#', `${String(tests)} ${tests === 1 ? 'test' : 'tests'}`));
    console.log(
      `${String(count.passed)} passed, ${String(count.failed)} failed, ${String(count.skipped)} skipped`,
    );
  }
}
