/** The explorer: one state, which the link opens, the controls change and the landscapes show. */
import { Explorer, showFailure } from './explorer.js';
import { findObstacles } from './model/choices.js';
import { startActivation } from './page/activation.js';
import { startDynamics } from './page/dynamics.js';
import { markEmbedded, startEmbed } from './page/embed.js';
import { startEnergies } from './page/energies.js';
import { startKeys } from './page/keys.js';
import { startMenu } from './page/menu.js';
import { startNetwork } from './page/network.js';
import { showHeld } from './page/number-cell.js';
import { Panel } from './page/panels.js';
import { startPrediction } from './page/predicting.js';
import { startPlanes } from './page/planes.js';
import { startPointer } from './page/pointer.js';
import { startRefusal } from './page/refusal.js';
import { startSheets } from './page/sheets.js';
import { startTheme } from './page/theme.js';
import { startHistory, startLayers, startLink, stateOfAddress } from './page/toolbar.js';
import { Session } from './state/session.js';

/** The plots follow the size of the window, a frame at a time. */
function watchSize(explorer: Explorer): void {
  let first = true;
  new ResizeObserver(() => {
    if (!first) explorer.resize();
    first = false;
  }).observe(explorer.left.plot);
}

/** Reasons are looked for when the hand rests: nine designs and six energies are resolved for them. */
const REST = 250;

function startControls(session: Session, explorer: Explorer): void {
  const explainDynamics = startDynamics(session, explorer);
  const energies = startEnergies(session);
  const showPlanes = startPlanes(session);
  startNetwork(session);
  startActivation(session);
  startMenu(session, explorer);
  startLink(session);
  startEmbed(session);
  startHistory(session);
  startLayers(session, explorer);
  startPointer(explorer, session);
  startKeys(explorer, session);
  startPrediction(session, explorer);
  new Panel('keys');
  new Panel('export', async () => (await import('./export/panel.js')).startExport(explorer));
  session.listen((state, moving) => {
    explorer.show(state, moving);
  });
  explorer.onPicture(showHeld);
  explorer.onWords((pair, found) => {
    energies.picture(pair);
    showPlanes(found);
    session.pictured();
  });
  let resting: Promise<() => void> | undefined;
  explorer.onRest(() => {
    resting ??= import('./resting.js').then(({ startResting }) => startResting(session, explorer));
    resting.then((rested) => {
      rested();
    }, showFailure);
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const explain = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const asked = session.state;
      findObstacles(asked)
        .then((obstacles) => {
          if (asked !== session.state) return;
          explainDynamics(obstacles);
          energies.explain(obstacles);
        })
        .catch(showFailure);
    }, REST);
  };
  session.listen(explain);
  explain();
}

async function main(): Promise<void> {
  let explorer: Explorer | undefined;
  markEmbedded();
  startTheme(() => explorer?.redraw());
  startRefusal();
  const session = new Session(stateOfAddress());
  explorer = await Explorer.start(session.state, (early) => {
    explorer = early;
    startControls(session, early);
    watchSize(early);
    startSheets(() => {
      early.resize();
    });
  });
}

main().catch(showFailure);
