/**
 * One bare device for tests of WGSL text. Everything Dawn owns is held here until the process ends: dropped
 * objects crash Node (reliability.md 1.2).
 */
import { create, globals } from 'webgpu';

Object.assign(globalThis, globals);

const gpu = create([]);
const adapter = await gpu.requestAdapter();
if (!adapter) throw new Error('no WebGPU adapter: set VK_ICD_FILENAMES before the process starts');

export const device = await adapter.requestDevice();
export const adapterName = adapter.info.description || adapter.info.device || adapter.info.vendor;
export const held = { gpu, adapter, device };

const WORKGROUP = 64;
/** A dispatch has at most 65535 workgroups along x. */
const MAX_VALUES = 65_535 * WORKGROUP;

function kernel(code: string, expression: string): string {
  return `${code}
@group(0) @binding(0) var<storage, read> inputs: array<f32>;
@group(0) @binding(1) var<storage, read_write> outputs: array<f32>;
@group(0) @binding(2) var<uniform> parameter: vec4f;
@compute @workgroup_size(${String(WORKGROUP)})
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= arrayLength(&inputs)) {
    return;
  }
  let x = inputs[id.x];
  let p = parameter.x;
  outputs[id.x] = ${expression};
}`;
}

/** The value of `expression`, in x and p, for every x of `inputs`; `code` holds the functions that it calls. */
export async function runUnary(
  code: string,
  expression: string,
  inputs: Float32Array<ArrayBuffer>,
  p = 0,
): Promise<Float32Array> {
  if (inputs.length > MAX_VALUES) throw new RangeError(`at most ${String(MAX_VALUES)} values`);
  device.pushErrorScope('validation');
  const module = device.createShaderModule({ code: kernel(code, expression) });
  const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module, entryPoint: 'main' } });
  const size = inputs.byteLength;
  const source = device.createBuffer({ size, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST });
  const result = device.createBuffer({ size, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC });
  const mapped = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const uniform = device.createBuffer({ size: 16, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
  device.queue.writeBuffer(source, 0, inputs);
  device.queue.writeBuffer(uniform, 0, new Float32Array([p, 0, 0, 0]));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(
    0,
    device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: [source, result, uniform].map((buffer, binding) => ({ binding, resource: { buffer } })),
    }),
  );
  pass.dispatchWorkgroups(Math.ceil(inputs.length / WORKGROUP));
  pass.end();
  encoder.copyBufferToBuffer(result, 0, mapped, 0, size);
  device.queue.submit([encoder.finish()]);
  const problem = await device.popErrorScope();
  if (problem) throw new Error(problem.message);
  await mapped.mapAsync(GPUMapMode.READ);
  const values = new Float32Array(mapped.getMappedRange().slice(0));
  mapped.unmap();
  for (const buffer of [source, result, mapped, uniform]) buffer.destroy();
  return values;
}
