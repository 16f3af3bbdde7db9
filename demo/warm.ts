/**
 * What is loaded on demand comes in piece by piece once the page has rested: whoever loses the network after a first look,
 * as in a train or a lecture hall, still has every view, every control and every export.
 */
import { idle } from './page/idle.js';

const PARTS = import.meta.glob([
  './speed-pane.ts',
  './plot/{cividis,curve,nullclines,surface}.ts',
  './page/{basins,design-matrix,predict,triangle}.ts',
  './export/panel.ts',
  '../src/basins/{fractions,map-run,system}.ts',
  '../src/model/difference.ts',
  '../src/wgsl/reference-run.ts',
]);

export async function warm(): Promise<void> {
  for (const load of Object.values(PARTS)) {
    await new Promise<void>((resolve) => {
      idle(resolve);
    });
    // Who needs it asks again, and hears why it does not come.
    await load().catch(() => undefined);
  }
}
