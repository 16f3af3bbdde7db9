/**
 * How long a computation keeps the event loop to itself, in milliseconds of this process's CPU time: on a machine that
 * has other things to do as well, a clock would measure those. All threads count, so it is an upper bound.
 */

/** CPU time of this process so far. */
export const cpuMilliseconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Watches the event loop from now on. */
export function watchTurns() {
  let [last, longest] = [cpuMilliseconds(), 0];
  const see = () => {
    const now = cpuMilliseconds();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(see, 1);
  return {
    /** The longest turn; ends the watch. */
    end: () => {
      clearInterval(timer);
      see();
      return longest;
    },
  };
}
