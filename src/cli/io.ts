/** What the command line talks to: streams, environment and a signal are handed in, so that tests can be the terminal. */
import type { openSimulator } from '../node.js';

export interface Sink {
  write(text: string): unknown;
}

export interface Io {
  /** Results: what a script reads. */
  readonly stdout: Sink;
  /** Messages and progress: what a person reads. */
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The terminal behind stderr, where there is one: for colours and progress bars. */
  readonly terminal?: NodeJS.WriteStream;
  /** Aborted by Ctrl-C and by SIGTERM. */
  readonly signal?: AbortSignal;
  /** Opens what computes. Default: the GPU process and threads of this machine. */
  readonly open?: typeof openSimulator;
}

/** A text without control characters (escapes of terminals), invisible and direction characters; lines stay lines. */
export function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
    character === '\n' ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
