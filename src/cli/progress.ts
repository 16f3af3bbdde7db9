/** A bar on stderr for work of more than a second, on terminals only: scripts and logs see none. */
import progress from 'cli-progress';

const PATIENCE_MILLISECONDS = 1000;

export interface ProgressReport {
  readonly update: (progress: { readonly done: number; readonly total: number }) => void;
  readonly stop: () => void;
}

/** Opens a progress report; without a terminal it does nothing. */
export function openProgress(terminal: NodeJS.WriteStream | undefined, label: string): ProgressReport {
  if (terminal?.isTTY !== true) return { update: () => undefined, stop: () => undefined };
  const started = performance.now();
  let bar: progress.SingleBar | undefined;
  return {
    update: ({ done, total }) => {
      if (bar === undefined && performance.now() - started < PATIENCE_MILLISECONDS) return;
      if (bar === undefined) {
        const options = {
          stream: terminal,
          format: `${label} {bar} {percentage} % · {eta_formatted} left`,
          clearOnComplete: true,
          hideCursor: true,
          // It would install handlers of its own; Ctrl-C is ours.
          gracefulExit: false,
        };
        bar = new progress.SingleBar(options, progress.Presets.shades_classic);
        bar.start(total, done);
      }
      bar.setTotal(total);
      bar.update(done);
    },
    stop: () => {
      bar?.stop();
      bar = undefined;
    },
  };
}
