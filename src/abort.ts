/** Waiting that an abort cuts short. What was waited for goes on; whoever started it cleans up after it. */

/**
 * The value of a promise, or the signal's reason as a rejection if that comes first. A late rejection of the promise is
 * taken care of.
 */
export async function orAbort<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return await promise;
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([aborted, promise]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}
