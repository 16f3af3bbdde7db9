/** Of every test with Dawn: which adapters gave its devices, seen where devices are asked for. */
import { globals } from 'webgpu';
import { adapterName, noteAdapter } from './adapter.js';

const { prototype } = (globals as { GPUAdapter: { prototype: GPUAdapter } }).GPUAdapter;
const requestDevice = Reflect.get(prototype, 'requestDevice');
const names = new Set<string>();

prototype.requestDevice = function (this: GPUAdapter, ...options) {
  names.add(adapterName(this, 'Dawn'));
  return requestDevice.apply(this, options);
};

noteAdapter(() => (names.size > 0 ? [...names].join(' and ') : undefined));
