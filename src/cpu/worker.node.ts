/** Entry of a Node worker thread. */
import { parentPort } from 'node:worker_threads';
import { serve, type ToWorker } from './serve.js';

if (parentPort === null) throw new Error('this file is the body of a worker thread');
const port = parentPort;
serve({
  onMessage: (listener) =>
    port.on('message', (message: ToWorker) => {
      listener(message);
    }),
  send: (message, transfer) => {
    port.postMessage(message, transfer);
  },
});
