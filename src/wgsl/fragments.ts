/** The fragments of shaders/ but those that come with a reference (reference-run.ts), by their path without ending: `numerics/exponential`, `task/grid`, ... */
import type { Fragment } from './functions.js';

const files = import.meta.glob(['../../shaders/**/*.wgsl', '!../../shaders/difference/*.wgsl'], {
  query: '?raw',
  import: 'default',
  eager: true,
});

const fragments = new Map(
  Object.entries(files).map(([path, code]): [string, Fragment] => {
    const name = path.replace('../../shaders/', '').replace('.wgsl', '');
    return [name, { name: `shaders/${name}.wgsl`, code: String(code) }];
  }),
);

/** The same object at every call: what was found in it need not be looked for again (functions.ts). */
export function fragment(name: string): Fragment {
  const found = fragments.get(name);
  if (found === undefined) throw new RangeError(`no fragment shaders/${name}.wgsl`);
  return found;
}

/** All fragments of a folder, e.g. `numerics`. */
export function folder(name: string): Fragment[] {
  return [...fragments.keys()].filter((key) => key.startsWith(`${name}/`)).map(fragment);
}
