/** Where a result comes from: enough to know what computed it and to compute it again. */
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import type { BackendInfo } from '../backend.js';
import { BOUND_FACTOR } from '../model/bound.js';
import { printable } from './io.js';
import type { CommonOptions, Invocation, Session } from './session.js';

/** The version in package.json, two folders above both src/cli and dist/cli. */
export function version(): string {
  // Not `new URL(..)`: the bundler would put the file into the text.
  const found = createRequire(import.meta.url)('../../package.json') as { version: string };
  return found.version;
}

/** The command as a shell takes it. */
function commandLine(argv: readonly string[]): string {
  const word = (text: string) =>
    /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
  return printable(['memscape', ...argv.map(word)].join(' '));
}

/** What a backend is, for results. */
export function deviceFacts({ device, name, adapter, software, precision }: BackendInfo) {
  // WebGPU has no field for the driver; Dawn names it and its version in the description.
  const { description: driver = '' } = adapter;
  return { device, name, adapter, driver, software, precision };
}

/** Thresholds and tolerances that decided something in a result. */
const TOLERANCES = {
  blindSpot: '|grad E| <= 1e-6 |r| while |r| > 1e-6 (1 + |y|)',
  deadNeuron: '|eigenvalue of H| <= 1e-6',
  fixedPoint: '|r| <= 1e-12 (1 + |y|), in f64',
  sameFixedPoint: 'distance <= 1e-7 (1 + |y|)',
  f32AgainstF64: `difference <= ${String(BOUND_FACTOR)} running error bounds at the checked points`,
} as const;

/** The provenance of a result; `started` is performance.now() at the start of the command. */
export function provenance(
  { argv }: Invocation,
  options: CommonOptions,
  session: Session,
  started: number,
  gpuMilliseconds: number,
) {
  const { simulator, requested, fallback } = session;
  return {
    program: 'memscape',
    version: version(),
    command: commandLine(argv),
    seed: options.seed,
    tolerances: TOLERANCES,
    computedBy: {
      requested,
      ...deviceFacts(simulator.backend.info),
      ...(fallback
        ? { fallback: { code: fallback.code, what: fallback.what, why: fallback.why, mend: fallback.mend } }
        : {}),
    },
    host: {
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      threads: availableParallelism(),
    },
    wallMilliseconds: performance.now() - started,
    gpuMilliseconds,
  };
}
