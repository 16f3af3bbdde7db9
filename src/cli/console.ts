/** How a command speaks: results to stdout, everything for people to stderr, colours only on a terminal that wants them. */
import pico from 'picocolors';
import { MemscapeError } from '../errors.js';
import { printable, type Io } from './io.js';
import { openProgress, type ProgressReport } from './progress.js';

export class Console {
  readonly json: boolean;
  readonly #io: Io;
  readonly #colours: ReturnType<typeof pico.createColors>;

  constructor(io: Io, json: boolean) {
    this.json = json;
    this.#io = io;
    const refused = io.env.NO_COLOR !== undefined && io.env.NO_COLOR !== '';
    this.#colours = pico.createColors(io.terminal?.isTTY === true && !refused);
  }

  /** A line of the result for people: stdout, or nothing where stdout belongs to a machine. */
  say(text: string): void {
    if (!this.json) this.#io.stdout.write(`${printable(text)}\n`);
  }

  /** The result for machines. */
  answer(value: unknown): void {
    if (this.json) this.#io.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  /** Something the user should know besides the result. */
  note(text: string): void {
    this.#io.stderr.write(`${this.#colours.yellow('note')}: ${printable(text)}\n`);
  }

  /** An error with its three sentences; in JSON mode also as data. */
  fail(error: MemscapeError): void {
    const { what, why, mend, code, exitCode } = error;
    const { bold, red, dim } = this.#colours;
    const lines = [
      `${red(bold('error'))}: ${printable(what)}`,
      `  ${dim('why:')}  ${printable(why)}`,
      `  ${dim('mend:')} ${printable(mend)}`,
    ];
    this.#io.stderr.write(`${lines.join('\n')}\n`);
    this.answer({ error: { code, what, why, mend, exitCode } });
  }

  /** One line that is not an expected error. */
  complain(text: string): void {
    this.#io.stderr.write(`${this.#colours.red('error')}: ${printable(text)}\n`);
  }

  /** A progress bar that appears after a second, and only on a terminal. */
  progress(label: string): ProgressReport {
    return openProgress(this.#io.terminal, label);
  }
}
