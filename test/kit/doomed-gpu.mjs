/**
 * Loaded into a command line before it starts (`node --import`): its GPU process is killed as it hands over its
 * first tile, and every later one as soon as it says anything. No clock decides, so fast and slow machines agree.
 */
import { ChildProcess } from 'node:child_process';

const { emit } = ChildProcess.prototype;
let isDoomed = false;

ChildProcess.prototype.emit = function (event, ...values) {
  isDoomed ||= event === 'message' && values[0]?.type === 'tile';
  if (event !== 'message' || !isDoomed) return emit.call(this, event, ...values);
  this.kill('SIGKILL');
  return true;
};
