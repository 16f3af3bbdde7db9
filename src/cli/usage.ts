/** Command lines that cannot be understood: what is wrong, why, and the nearest thing that is right. Exit code 2. */
import type { Command, CommanderError } from 'commander';
import { MemscapeError } from '../errors.js';
import { nearest, quote } from '../model/check.js';

export function usageError(what: string, why: string, mend: string): MemscapeError {
  return new MemscapeError({ code: 'usage', what, why, mend, exitCode: 2 });
}

/** The command that the arguments were meant for, else the program. */
function meant(program: Command, argv: readonly string[]): Command {
  return program.commands.find((command) => argv.includes(command.name())) ?? program;
}

const optionNames = (command: Command) =>
  command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long }) => (long ? [long] : []));

function helpOf(program: Command, command: Command): string {
  return command === program ? `${program.name()} --help` : `${program.name()} ${command.name()} --help`;
}

/** commander's errors as ours. */
export function fromCommander(
  error: CommanderError,
  program: Command,
  argv: readonly string[],
): MemscapeError {
  const command = meant(program, argv);
  const help = `see \`${helpOf(program, command)}\``;
  const [first] = error.message.replace(/^error: /, '').split('\n');
  const given = /'([^]*)'/.exec(first)?.[1] ?? '';
  switch (error.code) {
    case 'commander.unknownOption':
      return unknownOption(given, program, command, help);
    case 'commander.unknownCommand':
      return unknownCommand(given, program);
    case 'commander.help':
      return usageError(
        'no command was given',
        `${program.name()} does nothing without one.`,
        `give one of ${program.commands.map((c) => c.name()).join(', ')}; see \`${program.name()} --help\``,
      );
    case 'commander.excessArguments':
      return usageError(first, 'each command takes the arguments that its help names, and no others.', help);
    case 'commander.missingArgument':
    case 'commander.optionMissingArgument':
    case 'commander.missingMandatoryOptionValue':
      return usageError(first, 'the command cannot run without it.', help);
    default:
      return usageError(first, 'the command line does not fit the command.', help);
  }
}

function unknownOption(given: string, program: Command, command: Command, help: string): MemscapeError {
  const names = optionNames(command);
  const name = given.split('=')[0];
  const elsewhere = command === program || !names.includes(name) ? undefined : name;
  const guess = elsewhere ?? nearest(name, names);
  const mend =
    elsewhere !== undefined
      ? `put ${elsewhere} behind the command: \`${program.name()} ${command.name()} .. ${elsewhere}\``
      : guess === undefined
        ? `valid: ${names.join(', ')}; ${help}`
        : `did you mean ${guess}? ${help}`;
  return usageError(
    `the option ${quote(given)} is not known`,
    'an option that is not known would be silently ignored.',
    mend,
  );
}

function unknownCommand(given: string, program: Command): MemscapeError {
  const names = program.commands.map((command) => command.name());
  const guess = nearest(given, names);
  return usageError(
    `there is no command ${quote(given)}`,
    'the first word names what to do.',
    guess === undefined
      ? `give one of ${names.join(', ')}`
      : `did you mean ${guess}? (commands: ${names.join(', ')})`,
  );
}
