/** Which plane of more than two neurons is drawn: two neurons, three fixed points, or the axes that spread them most. */
import { inPlane } from '../model/fit.js';
import type { Found } from '../model/memories.js';
import { planeOfNeurons, planeThrough, principalPlane, TURNED } from '../model/plane.js';
import type { Session } from '../state/session.js';
import { neuronsOf, type PlaneSetting, type State } from '../state/state.js';
import { byId, find } from './text.js';
import { startTurn } from './turn.js';

type Kind = 'neurons' | 'points' | 'principal' | 'turned';

const kindOf = ({ plane }: State): Kind =>
  plane.how.endsWith(TURNED)
    ? 'turned'
    : neuronsOf(plane)
      ? 'neurons'
      : plane.how === 'principal axes'
        ? 'principal'
        : 'points';

/** @returns what to call with the fixed points of every picture. */
export function startPlanes(session: Session): (found: Found) => void {
  const kind = find(document, '#plane-kind', HTMLSelectElement);
  const picks = byId('plane-picks');
  const showTurn = startTurn(session);
  const why = byId('plane-why');
  let points: Found['points'] = [];
  let drawn = '';
  const choose = (plane: PlaneSetting | undefined, reason: string) => {
    why.textContent = plane ? '' : reason;
    if (plane) session.set(inPlane(session.state, plane, points));
    else {
      // Lists say what is drawn, not what was refused.
      drawn = '';
      show();
    }
  };
  const values = () => [...picks.querySelectorAll('select')].map((select) => Number(select.value));
  const take = () => {
    const size = session.state.bias.length;
    if (kind.value === 'principal')
      choose(
        principalPlane(points.map(({ state }) => state)),
        'It takes three fixed points that are not on a line.',
      );
    else if (kind.value === 'neurons') {
      const [i, j] = kindOf(session.state) === 'neurons' ? values() : [0, 1];
      // Through the first memory: what the other neurons do there is more telling than 0.
      choose(
        i === j ? undefined : planeOfNeurons(size, i, j, points.at(0)?.state),
        'A plane takes two different neurons.',
      );
    } else {
      const [a, b, c] = (kindOf(session.state) === 'points' ? values() : [0, 1, 2]).map((k) => points.at(k));
      const three = a && b && c ? ([a.state, b.state, c.state] as const) : undefined;
      const how = `through ${[a, b, c].map((p) => p?.name ?? '?').join(', ')}`;
      choose(three && planeThrough(how, three), 'It takes three fixed points that are not on a line.');
    }
  };
  const pick = (labels: readonly string[], chosen: number, name: string) => {
    const select = document.createElement('select');
    select.setAttribute('aria-label', name);
    select.append(...labels.map((label, k) => new Option(label, String(k))));
    select.value = String(chosen);
    select.addEventListener('change', take);
    return select;
  };
  const show = () => {
    const { state } = session;
    const size = state.bias.length;
    byId('plane').hidden = size <= 2;
    if (size <= 2) return;
    showTurn(state);
    const current = kindOf(state);
    kind.value = current;
    const key = JSON.stringify([current, state.plane.how, size, points.map(({ name }) => name)]);
    if (key === drawn) return;
    drawn = key;
    const held = [...picks.children].findIndex((select) => select === document.activeElement);
    build(state, current);
    // Whoever chooses by keys goes on in the list that took the place of his.
    (picks.children[held] as HTMLElement | undefined)?.focus();
  };
  const build = (state: State, current: Kind) => {
    const size = state.bias.length;
    const neurons = current === 'neurons' && neuronsOf(state.plane);
    if (neurons) {
      const labels = Array.from({ length: size }, (_, k) => String(k + 1));
      picks.replaceChildren(
        pick(labels, neurons[0], 'Neuron across'),
        pick(labels, neurons[1], 'Neuron upwards'),
      );
    } else if (current === 'points') {
      const labels = points.map(({ name }) => name);
      const names = state.plane.how.replace('through ', '').split(', ');
      picks.replaceChildren(
        ...names.map((name, k) => pick(labels, labels.indexOf(name), `Fixed point ${String(k + 1)}`)),
      );
    } else picks.replaceChildren();
  };
  kind.addEventListener('change', take);
  session.follow(() => {
    why.textContent = '';
    show();
  });
  return (found) => {
    ({ points } = found);
    show();
  };
}
