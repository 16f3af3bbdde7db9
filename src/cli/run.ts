/**
 * The command line as a function: arguments and streams in, exit code out. It never throws and never ends the
 * process, so tests run it thousands of times in one process; main.ts connects it to the real one.
 */
import { Command, CommanderError } from 'commander';
import { MemscapeError } from '../errors.js';
import { COMMANDS } from './commands.js';
import { Console } from './console.js';
import type { Io } from './io.js';
import { version } from './provenance.js';
import { oneLine, type Invocation } from './session.js';
import { fromCommander } from './usage.js';

export type { Io, Sink } from './io.js';

const INTERRUPTED = 130;

function fill(program: Command, invocation: Invocation): void {
  program
    .description('Energy landscapes and dynamics of associative memories, on the GPU and in f64.')
    .version(version(), '-V, --version')
    .showSuggestionAfterError(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => invocation.io.stdout.write(text),
      // Errors are ours to tell.
      writeErr: () => undefined,
      outputError: () => undefined,
    })
    .addHelpText(
      'after',
      '\nFor scripts: --json on every command. No GPU: --device cpu, or see `memscape doctor`.',
    );
  for (const { register } of COMMANDS) register(program, invocation);
}

/**
 * Runs a command line.
 * @param argv the arguments without `node` and the script
 * @returns the exit code of interface.md
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const console = new Console(io, argv.includes('--json'));
  const program = new Command('memscape');
  try {
    fill(program, { argv, io });
    await program.parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (error) {
    return report(error, console, program, argv, io);
  }
}

function report(error: unknown, console: Console, program: Command, argv: readonly string[], io: Io): number {
  if (io.signal?.aborted === true) {
    // A command that keeps something says so itself.
    if (error instanceof MemscapeError && error.exitCode === INTERRUPTED) return told(error, console);
    console.fail(
      new MemscapeError({
        code: 'interrupted',
        what: 'interrupted',
        why: 'Ctrl-C or a signal ended the command; no file was left half-written.',
        mend: 'run the command again',
        exitCode: INTERRUPTED,
      }),
    );
    return INTERRUPTED;
  }
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    return told(fromCommander(error, program, argv), console);
  }
  if (error instanceof MemscapeError) return told(error, console);
  const shortage = outOfMemory(error);
  return shortage ? told(shortage, console) : unexpected(error, console, io);
}

function told(error: MemscapeError, console: Console): number {
  console.fail(error);
  return error.exitCode;
}

/** V8's words for an array that the machine has no room for. */
function outOfMemory(error: unknown): MemscapeError | undefined {
  if (
    !(error instanceof RangeError) ||
    !/allocation failed|Invalid (?:typed )?array length/i.test(error.message)
  )
    return undefined;
  return new MemscapeError(
    {
      code: 'out-of-memory',
      what: 'the result does not fit in the memory of this machine',
      why: `${error.message}.`,
      mend: 'ask for fewer samples or quantities at once',
      exitCode: 2,
    },
    { cause: error },
  );
}

function unexpected(error: unknown, console: Console, io: Io): number {
  const words = error instanceof Error ? `${error.name}: ${oneLine(error.message)}` : String(error);
  console.complain(
    `internal error: ${words}. Please report it with the command and the output of \`memscape doctor --json\`; MEMSCAPE_DEBUG=1 shows where it happened.`,
  );
  if (io.env.MEMSCAPE_DEBUG === '1' && error instanceof Error) io.stderr.write(`${error.stack ?? ''}\n`);
  const mend = 'report it with the command and the output of `memscape doctor --json`';
  console.answer({ error: { code: 'internal', what: 'internal error', why: words, mend, exitCode: 1 } });
  return 1;
}
