/** The button that begins and ends a prediction; a link with `?predict` begins with one. */
import { showFailure, type Explorer } from '../explorer.js';
import type { Session } from '../state/session.js';
import type { Prediction } from './predict.js';
import { byId } from './text.js';

export function startPrediction(session: Session, explorer: Explorer): void {
  const button = byId('predict');
  let prediction: Prediction | undefined;
  let asking = false;
  const press = (pressed: boolean) => {
    asking = pressed;
    button.setAttribute('aria-pressed', String(pressed));
  };
  const toggle = async () => {
    press(!asking);
    const { Prediction } = await import('./predict.js');
    prediction ??= new Prediction(session, explorer, () => {
      press(false);
      button.focus();
    });
    if (asking) prediction.ask();
    else prediction.end();
  };
  const start = () => {
    toggle().catch(showFailure);
  };
  button.addEventListener('click', start);
  if (new URLSearchParams(location.search).has('predict')) start();
}
