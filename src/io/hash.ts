/** The identity of a model in results: SHA-256 of everything that determines its numbers, and nothing else. */
import type { DynamicsChoice, EnergyChoice, Matrix, Network } from '../types.js';

/** Stored patterns as they were given: what the rule makes of them may differ in the last digit between engines. */
export interface StoredPatterns {
  readonly rule: 'hebbian' | 'pseudo-inverse';
  /** K x N, one pattern in each row. */
  readonly patterns: Matrix;
}

/**
 * SHA-256 (64 hexadecimal digits) of layers, W as stored in blocks or patterns, b, dynamics and energy. Names, notices,
 * the order of keys and whether numbers came from JSON or from a file do not matter.
 */
export async function hashModel(
  network: Network,
  dynamics: DynamicsChoice,
  energy: EnergyChoice,
  stored?: StoredPatterns,
): Promise<string> {
  const blocks = [...network.weights].sort((a, b) => a.row - b.row || a.column - b.column);
  const { design } = dynamics;
  const matrix: Matrix | undefined =
    'matrix' in design && design.matrix !== 'identity' ? design.matrix : undefined;
  const header = JSON.stringify({
    format: 'memscape-hash/1',
    layers: network.layers.map(({ size, activation: { name, parameters } }) => [
      size,
      name,
      Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1)),
    ]),
    blocks: blocks.map(({ row, column, matrix: { rows, columns } }) => [row, column, rows, columns]),
    dynamics: [
      dynamics.equation,
      design.name,
      'function' in design ? design.function : null,
      matrix !== undefined,
    ],
    energy: [energy.equation, energy.coefficients],
    // Absent without patterns, so that the hash of a model outlives new keys.
    patterns: stored && [stored.rule, stored.patterns.rows],
  });
  const arrays = [
    ...blocks.map((block) => block.matrix.data),
    network.bias,
    ...(matrix ? [matrix.data] : []),
    ...(stored ? [stored.patterns.data] : []),
  ];
  const parts = [new TextEncoder().encode(`${header}\n`), ...arrays.map(littleEndian)];
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return Array.from(await digestOf(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  // Typed as always present; pages on http have none.
  const { subtle } = globalThis.crypto as Partial<typeof globalThis.crypto>;
  if (subtle) return new Uint8Array(await subtle.digest('SHA-256', bytes));
  return (await import('./sha256.js')).sha256(bytes);
}

/** f64 numbers as bytes; every engine that runs WebGPU or Node 20 is little-endian. -0 counts as 0. */
function littleEndian(data: Float64Array): Uint8Array {
  return new Uint8Array(data.map((value) => value + 0).buffer);
}
