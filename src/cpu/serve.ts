/** What a worker thread does, whichever kind it is: keep the plan it was given, evaluate tiles of it. */
import type { TileResult } from '../backend.js';
import type { AnyPlan, Tile } from '../plan/plan.js';
import { evaluateTile, toolsFor, type Tools } from './evaluate.js';

/** To a worker: the plan of the tiles that follow, or one of them. */
export type ToWorker = { readonly plan: AnyPlan } | { readonly tile: Tile };
/** From a worker, one for each tile: its values, or why there are none. */
export type FromWorker = { readonly result: TileResult } | { readonly failure: string };

/** The worker's side of its channel. */
export interface Port {
  onMessage(listener: (message: ToWorker) => void): void;
  send(message: FromWorker, transfer: ArrayBuffer[]): void;
}

/** Answers messages for as long as the thread lives. */
export function serve(port: Port): void {
  let plan: AnyPlan | undefined;
  let tools: Promise<Tools> | undefined;
  port.onMessage((message) => {
    if ('plan' in message) {
      plan = message.plan;
      tools = toolsFor(plan);
      // Told with the first tile.
      tools.catch(() => undefined);
      return;
    }
    const { tile } = message;
    void Promise.resolve(tools)
      .then((loaded) => {
        if (plan === undefined || loaded === undefined) throw new Error('a tile came before its plan');
        const result = evaluateTile(plan, tile, loaded);
        port.send({ result }, [result.values.buffer as ArrayBuffer]);
      })
      .catch((error: unknown) => {
        port.send({ failure: error instanceof Error ? error.message : String(error) }, []);
      });
  });
}
