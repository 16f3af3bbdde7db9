/**
 * What a device refuses. WebGPU does not throw: it goes on with nothing behind its objects and tells error scopes,
 * which are a stack per device. So scopes are pushed and popped here without an await between, and no two jobs can
 * take each other's errors.
 */
import { MemscapeError } from '../errors.js';

/** The first thing that was refused, in the words of the implementation. */
export interface Refusal {
  readonly kind: 'memory' | 'command';
  readonly message: string;
}

/** Does `work`, which must be synchronous, and promises what was refused of it. */
export function scoped<T>(
  device: GPUDevice,
  work: () => T,
): { readonly made: T; readonly refused: Promise<Refusal | undefined> } {
  for (const filter of ['validation', 'internal', 'out-of-memory'] as const) device.pushErrorScope(filter);
  let popped: Promise<GPUError | null>[] = [];
  const pop = () => {
    popped = [device.popErrorScope(), device.popErrorScope(), device.popErrorScope()];
  };
  let made: T;
  try {
    made = work();
  } finally {
    pop();
  }
  return { made, refused: first(popped) };
}

async function first(popped: readonly Promise<GPUError | null>[]): Promise<Refusal | undefined> {
  const [memory, ...commands] = await Promise.all(popped);
  // Whatever else was refused, was refused because of the buffer that is not there.
  if (memory) return { kind: 'memory', message: memory.message };
  const command = commands.find((error) => error !== null);
  return command ? { kind: 'command', message: command.message } : undefined;
}

/**
 * The error of a refusal, after which the numbers would be garbage: `gpu-memory` (exit 5) with the bytes that were asked
 * for, `gpu-command` (exit 1) for what a correct program does not ask.
 */
export function refusalError(
  { kind, message }: Refusal,
  { limits }: GPUDevice,
  asked: { readonly bytes: number; readonly largest: number },
): MemscapeError {
  if (kind === 'memory')
    return new MemscapeError({
      code: 'gpu-memory',
      what: `the device has no memory: ${String(asked.bytes)} bytes were asked for, ${String(asked.largest)} of them in one buffer (its limit is ${String(limits.maxBufferSize)})`,
      why: message || 'it gave no reason.',
      mend: 'close other programs that use the GPU, ask for fewer quantities at a time, or use --device cpu.',
      exitCode: 5,
    });
  return new MemscapeError({
    code: 'gpu-command',
    what: `the device refused a command: ${message}`,
    why: 'memscape gave it something that this WebGPU implementation does not take: a fault of memscape.',
    mend: 'use --device cpu, and report the model file together with the output of `memscape doctor --json`.',
    exitCode: 1,
  });
}
