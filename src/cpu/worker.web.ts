/** Entry of a web worker, to be started as a module. */
import { serve, type FromWorker, type ToWorker } from './serve.js';

/** What is used of DedicatedWorkerGlobalScope, whose types come with the DOM only. */
interface Scope {
  onmessage: (event: { readonly data: ToWorker }) => void;
  postMessage(message: FromWorker, transfer: ArrayBuffer[]): void;
}

const scope = globalThis as unknown as Scope;
serve({
  onMessage: (listener) => {
    scope.onmessage = ({ data }) => {
      listener(data);
    };
  },
  send: (message, transfer) => {
    scope.postMessage(message, transfer);
  },
});
