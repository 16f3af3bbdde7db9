/** What a worker thread does, whichever kind it is: keep the plan it was given, evaluate tiles of it. */
import type { TileResult } from '../backend.js';
import { loadAlgebra } from '../model/algebra.js';
import type { AnyPlan, Tile } from '../plan/plan.js';
import { evaluateTile } from './evaluate.js';

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
  const algebra = loadAlgebra();
  let plan: AnyPlan | undefined;
  port.onMessage((message) => {
    if ('plan' in message) {
      plan = message.plan;
      return;
    }
    const { tile } = message;
    void algebra
      .then((loaded) => {
        if (plan === undefined) throw new Error('a tile came before its plan');
        const result = evaluateTile(plan, tile, loaded);
        port.send({ result }, [result.values.buffer as ArrayBuffer]);
      })
      .catch((error: unknown) => {
        port.send({ failure: error instanceof Error ? error.message : String(error) }, []);
      });
  });
}
