/** The JavaScript loops on a thread of their own, with its clock. */
import { timedBasins, timedField, type BasinWork } from '../../bench/loops.js';
import type { SliceCase } from '../../bench/baseline.js';

export type Task =
  { readonly id: number; readonly field: SliceCase } | { readonly id: number; readonly basins: BasinWork };

addEventListener('message', ({ data }: MessageEvent<Task>) => {
  const timed = 'field' in data ? timedField(data.field) : timedBasins(data.basins);
  postMessage({ id: data.id, ...timed }, { transfer: [timed.value.buffer] });
});
