/** The GPU processes of a process, found among its children: nobody else's are touched. */
import { spawnSync } from 'node:child_process';

export function gpuProcesses(parent = process.pid): number[] {
  // It fails where there are no children.
  const { stdout } = spawnSync('ps', ['-o', 'pid=,args=', '--ppid', String(parent)], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .filter((row) => row.includes('gpu/child.js'))
    .map((row) => Number.parseInt(row, 10));
}

/** Sends a signal to all of them; how many took it. */
export function signalGpu(signal: NodeJS.Signals, parent = process.pid): number {
  return gpuProcesses(parent).filter((pid) => {
    try {
      return process.kill(pid, signal);
    } catch {
      // It has ended by itself since it was seen.
      return false;
    }
  }).length;
}
