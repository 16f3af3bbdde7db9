/** Of every test with Dawn: which adapter its devices came from, seen where devices are asked for. */
import { globals } from 'webgpu';
import { noteAdapter } from './adapter.js';

const { GPUAdapter: Adapter } = globals as { GPUAdapter: { prototype: GPUAdapter } };
const { requestDevice } = Object.getOwnPropertyDescriptors(Adapter.prototype);
const names = new Set<string>();

Adapter.prototype.requestDevice = function (this: GPUAdapter, ...options) {
  const { vendor, architecture, description } = this.info;
  names.add(`${description || `${vendor} ${architecture}`}, Dawn`);
  return (requestDevice.value as GPUAdapter['requestDevice']).apply(this, options);
};

noteAdapter(() => (names.size > 0 ? [...names].join(' and ') : undefined));
