/** One command of the command line. The list of them is in commands.ts; adding one is adding to it. */
import type { Command } from 'commander';
import type { Invocation } from './session.js';

export interface CliCommand {
  /** Adds the command to the program; its action rejects with a MemscapeError where it fails as expected. */
  readonly register: (program: Command, invocation: Invocation) => void;
}
