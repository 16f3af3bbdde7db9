/** What the page does while it rests: loaded with the first rest, after the first picture. */
import { showFailure, type Explorer } from './explorer.js';
import { startPaper } from './page/paper-views.js';
import { startRefuter } from './page/refuter.js';
import type { Session } from './state/session.js';
import { warm } from './warm.js';

/** @returns what to call at every rest. */
export async function startResting(session: Session, explorer: Explorer): Promise<() => void> {
  const refute = await startRefuter(session, explorer);
  let basins: Promise<() => void> | undefined;
  const colour = () => {
    if (session.state.shown.basins)
      basins ??= import('./page/basins.js').then(({ startBasins }) => startBasins(session, explorer));
    basins?.then((update) => {
      update();
    }, showFailure);
  };
  session.listen(colour);
  startPaper(explorer);
  void warm();
  return () => {
    refute();
    colour();
  };
}
