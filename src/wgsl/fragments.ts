/** The fragments of shaders/ but those that come with a reference (reference-run.ts), by their path without ending: `numerics/exponential`, `task/grid`, ... */
import type { Fragment } from './functions.js';

const files = import.meta.glob(['../../shaders/**/*.wgsl', '!../../shaders/difference/*.wgsl'], {
  query: '?raw',
  import: 'default',
  eager: true,
});

const fragments = new Map(
  Object.entries(files).map(([path, code]) => [
    path.replace('../../shaders/', '').replace('.wgsl', ''),
    String(code),
  ]),
);

export function fragment(name: string): Fragment {
  const code = fragments.get(name);
  if (code === undefined) throw new RangeError(`no fragment shaders/${name}.wgsl`);
  return { name: `shaders/${name}.wgsl`, code };
}

/** All fragments of a folder, e.g. `numerics`. */
export function folder(name: string): Fragment[] {
  return [...fragments.keys()].filter((key) => key.startsWith(`${name}/`)).map(fragment);
}
