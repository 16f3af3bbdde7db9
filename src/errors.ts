/**
 * Every expected failure says what happened, why, and how to mend it, and carries the exit code of the
 * command line (2 usage or model, 3 input data, 4 no GPU, 5 device lost, 6 numeric contract, 130 interrupted).
 */
export type ExitCode = 1 | 2 | 3 | 4 | 5 | 6 | 130;

export interface MemscapeErrorParts {
  /** Stable identifier, kebab-case, e.g. `model-shape`. */
  readonly code: string;
  readonly what: string;
  readonly why: string;
  readonly mend: string;
  readonly exitCode: ExitCode;
}

export class MemscapeError extends Error {
  readonly code: string;
  readonly what: string;
  readonly why: string;
  readonly mend: string;
  readonly exitCode: ExitCode;

  constructor(parts: MemscapeErrorParts, options?: ErrorOptions) {
    super(`${parts.what}\n  why:  ${parts.why}\n  mend: ${parts.mend}`, options);
    this.name = 'MemscapeError';
    this.code = parts.code;
    this.what = parts.what;
    this.why = parts.why;
    this.mend = parts.mend;
    this.exitCode = parts.exitCode;
  }
}
