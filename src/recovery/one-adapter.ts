/** Adapters round differently: no result is put together from the work of two. */
import { sameAdapter, type Backend } from '../backend.js';

/** Does work until one adapter has done all of it: after a loss another one may have gone on. */
export async function onOneAdapter<T>(backend: Backend, work: () => Promise<T>): Promise<T> {
  for (;;) {
    const before = backend.info;
    const found = await work();
    if (sameAdapter(before, backend.info)) return found;
  }
}
