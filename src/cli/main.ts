#!/usr/bin/env node
/** The process around the command line: signals, pipes that close early, the exit code. */
import { run, type Sink } from './run.js';

const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    // The second time somebody means it, whatever is in the way.
    if (abort.signal.aborted) process.exit(130);
    abort.abort();
  });

/** A stream whose reader may go away (`| head -1`): what it does not want is dropped, the files are still written. */
function sink(stream: NodeJS.WriteStream): Sink {
  let open = true;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    open = false;
  });
  return { write: (text) => open && stream.write(text) };
}

const code = await run(process.argv.slice(2), {
  stdout: sink(process.stdout),
  stderr: sink(process.stderr),
  env: process.env,
  signal: abort.signal,
  ...(process.stderr.isTTY ? { terminal: process.stderr } : {}),
});
process.exitCode = code;
// A GPU that was still being opened would hold the process for seconds.
if (abort.signal.aborted) process.stdout.write('', () => process.exit(code));
