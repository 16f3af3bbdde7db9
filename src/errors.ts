/**
 * Every expected failure says what happened, why, and how to mend it, and carries the exit code of the
 * command line (2 usage or model, 3 input data, 4 no GPU, 5 device lost, 6 numeric contract, 130 interrupted).
 */
export type ExitCode = 1 | 2 | 3 | 4 | 5 | 6 | 130;

/** The parts of an error: plain data, so that it crosses to workers and processes, where a class would be lost. */
export interface MemscapeErrorParts {
  /** Stable identifier, kebab-case, e.g. `model-shape`. */
  readonly code: string;
  /** What happened, with the element concerned, e.g. `weights[0][1]: expected a finite number, found NaN`. */
  readonly what: string;
  /** Why that is refused. */
  readonly why: string;
  /** What the user can do. */
  readonly mend: string;
  /** What the command line exits with. */
  readonly exitCode: ExitCode;
}

/**
 * The error of every expected failure: branch on `code`, show `message`, which has all three parts on lines of their
 * own. Any other error that reaches a caller is misuse (RangeError) or a fault of memscape.
 */
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
