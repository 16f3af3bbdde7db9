/** `memscape doctor`: what this machine computes with, whether it computes rightly, and the mend where it does not. */
import { createRequire } from 'node:module';
import { availableParallelism, totalmem } from 'node:os';
import { loadAlgebra } from '../model/algebra.js';
import { Evaluator } from '../model/evaluator.js';
import { readModel } from '../io/model-file.js';
import { resolveProblem } from '../model/problem.js';
import type { Simulator } from '../simulator.js';
import type { CliCommand } from './command.js';
import { deviceFacts, version } from './provenance.js';
import {
  commonOptions,
  oneLine,
  withCommonOptions,
  withSimulator,
  type Invocation,
  type Session,
} from './session.js';

interface Probe {
  readonly name: string;
  readonly passed: boolean;
  readonly found: string;
}

/** The installed version of a package, or undefined. */
function packageVersion(name: string): string | undefined {
  try {
    const { version: found } = createRequire(import.meta.url)(`${name}/package.json`) as { version: string };
    return found;
  } catch {
    return undefined;
  }
}

const SATURATED = 100;

/** tanh far in saturation, where careless forms overflow: E4 and the right-hand side at +-100 against f64. */
async function saturation(simulator: Simulator): Promise<Probe> {
  const name = `tanh at ±${String(SATURATED)}`;
  const problem = await resolveProblem(
    await readModel({
      format: 'memscape-model/1',
      layers: [{ size: 2, activation: 'tanh' }],
      weights: [
        [0.5, 1],
        [1, -0.25],
      ],
      bias: [0.25, -0.5],
      dynamics: { equation: 1 },
      energy: { equation: 4 },
    }),
  );
  const states = Float64Array.of(SATURATED, -SATURATED, -SATURATED, SATURATED, SATURATED, SATURATED);
  const points = { kind: 'points', count: 3, states } as const;
  const { fields } = await simulator.evaluate({ problem, sampling: points, quantities: ['energy', 'rhs'] });
  const evaluator = new Evaluator(problem, await loadAlgebra());
  let worst = 0;
  for (let k = 0; k < 3; k++) {
    evaluator.moveTo(states.slice(2 * k, 2 * k + 2));
    const expected = [evaluator.energy(), ...evaluator.velocity()];
    const found = [
      fields.get('energy')?.data[k],
      fields.get('rhs')?.data[2 * k],
      fields.get('rhs')?.data[2 * k + 1],
    ];
    expected.forEach(
      (value, i) => (worst = Math.max(worst, Math.abs(value - (found[i] ?? NaN)) / (1 + Math.abs(value)))),
    );
    if (found.some((value) => !Number.isFinite(value))) worst = Infinity;
  }
  return { name, passed: worst <= 1e-5, found: `relative difference from f64 ${worst.toExponential(1)}` };
}

/** 4099 x 3 samples: no whole number of workgroups, so a missing guard would write over its neighbours. */
async function oddGrid(simulator: Simulator): Promise<Probe> {
  const problem = await resolveProblem(
    await readModel({
      format: 'memscape-model/1',
      layers: [{ size: 2, activation: 'identity' }],
      weights: [
        [0, 1],
        [1, 0],
      ],
    }),
  );
  const unit = (k: number) => Float64Array.from([0, 1], (_, i) => (i === k ? 1 : 0));
  const sampling = {
    kind: 'grid',
    origin: new Float64Array(2),
    axes: [unit(0), unit(1)],
    extent: [
      [-1, 1],
      [-1, 1],
    ],
    size: [4099, 3],
  } as const;
  const { fields } = await simulator.evaluate({ problem, sampling, quantities: ['residual'] });
  const data = fields.get('residual')?.data ?? new Float32Array();
  // r = (y1 - y0)(1, -1): the last sample is at (1 - 1/4099, 2/3).
  const expected = Math.SQRT2 * Math.abs(2 / 3 - (1 - 1 / 4099));
  const difference = Math.abs((data.at(-1) ?? NaN) - expected);
  return {
    name: 'last of 4,099 × 3 samples',
    passed: difference <= 1e-5,
    found: `difference ${difference.toExponential(1)}`,
  };
}

async function probe(name: string, run: () => Promise<Probe>): Promise<Probe> {
  try {
    return await run();
  } catch (error) {
    return { name, passed: false, found: error instanceof Error ? oneLine(error.message) : String(error) };
  }
}

async function examine(session: Session, started: number) {
  const { simulator, requested, fallback } = session;
  const { info, profile } = simulator.backend;
  const probes = [
    // Opening a GPU runs a kernel with a known answer; one that fails it is never handed out.
    ...(info.device === 'gpu' ? [{ name: 'canary kernel', passed: true, found: 'known answer' }] : []),
    await probe('tanh', () => saturation(simulator)),
    await probe('odd grid', () => oddGrid(simulator)),
  ];
  const { maxStorageBufferBindingSize, maxBufferSize, maxUniformBufferBindingSize } = profile;
  const gpu = info.device === 'gpu';
  return {
    format: 'memscape-doctor/1',
    versions: {
      memscape: version(),
      node: process.version,
      dawn: packageVersion('webgpu') ?? 'not installed',
    },
    host: {
      platform: `${process.platform} ${process.arch}`,
      threads: availableParallelism(),
      memoryGiB: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    },
    requested,
    computesWith: deviceFacts(info),
    ...(gpu ? { limits: { maxStorageBufferBindingSize, maxBufferSize, maxUniformBufferBindingSize } } : {}),
    probes,
    auto:
      requested === 'cpu'
        ? 'not looked at, because --device cpu was given'
        : gpu
          ? `computes on ${info.name} in f32 and checks samples against f64`
          : 'computes on the CPU in f64, because no GPU is usable',
    ...(fallback ? { mend: { why: `${fallback.what}: ${oneLine(fallback.why)}`, mend: fallback.mend } } : {}),
    healthy: probes.every(({ passed }) => passed),
    wallMilliseconds: performance.now() - started,
  };
}

type Findings = Awaited<ReturnType<typeof examine>>;

function lines(found: Findings): string[] {
  const { versions, host, computesWith, limits, probes, mend } = found;
  const mebibytes = (bytes: number) => `${String(Math.round(bytes / 2 ** 20))} MiB`;
  return [
    `memscape ${versions.memscape}, Node ${versions.node}, Dawn (webgpu) ${versions.dawn}`,
    `host: ${host.platform}, ${String(host.threads)} threads, ${String(host.memoryGiB)} GiB`,
    `adapter: ${computesWith.device === 'gpu' ? `${computesWith.name}${computesWith.software ? '' : ' (hardware)'}` : 'none in use'}`,
    ...(computesWith.device === 'gpu'
      ? [
          `  ${Object.entries(computesWith.adapter)
            .filter(([, text]) => text !== '')
            .map(([key, text]) => `${key} ${text}`)
            .join(', ')}`,
        ]
      : []),
    ...(limits
      ? [
          `limits: storage binding ${mebibytes(limits.maxStorageBufferBindingSize)}, buffer ${mebibytes(limits.maxBufferSize)}`,
        ]
      : []),
    ...probes.map(({ name, passed, found: words }) => `${passed ? 'ok' : 'FAILED'}: ${name} (${words})`),
    `--device auto: ${found.auto}`,
    ...(mend ? [`why: ${mend.why}`, `mend: ${mend.mend}`] : []),
  ];
}

async function run(given: Readonly<Record<string, unknown>>, invocation: Invocation): Promise<void> {
  const started = performance.now();
  const options = commonOptions(given);
  // The report itself says why there is no GPU; a note beside it would say it twice.
  await withSimulator(invocation, { ...options, quiet: true }, async (session) => {
    const found = await examine(session, started);
    for (const line of lines(found)) session.console.say(line);
    session.console.answer(found);
  });
}

export const doctor: CliCommand = {
  register: (program, invocation) => {
    const command = program
      .command('doctor')
      .description('versions, adapter, limits, probes, and the mend where there is no GPU');
    withCommonOptions(command).action(async (given: Record<string, unknown>) => {
      await run(given, invocation);
    });
  },
};
