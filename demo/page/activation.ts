/** Activations as the curves they are, read from the library's table, for each layer of the network. */
import { activationNames, activationRow, layer64 } from '../library.js';
import { defaults, setActivation, setParameter } from '../state/change.js';
import type { Session } from '../state/session.js';
import type { LayerSetting, State } from '../state/state.js';
import { NumberCell } from './number-cell.js';
import { Cards } from './radio.js';
import { byId, find, tag, write } from './text.js';

/** Shown before the reader asks for all. */
const FEW = ['relu', 'hard-tanh', 'shrink', 'tanh', 'sigmoid', 'softplus'];
const REACH = 2.4;
const WIDTH = 84;
const HEIGHT = 34;
/** Pixels from the top to g = 0, and those of a unit of g: −1.5 to 2.6 fit. */
const ZERO = 21;
const UNIT = 8;
const SAMPLES = 96;
/** A neuron is dead where |h| is at most this. */
const DEAD = 1e-6;

interface Curve {
  readonly g: (x: number) => number;
  readonly h: (x: number) => number;
}

/** g and h of one neuron; of a layer that acts as a whole, of its first neuron beside a second one at 0. */
function curveOf(name: string, parameters: Readonly<Record<string, number>>): Curve {
  const layer = layer64(name, parameters);
  if (layer.elementwise) return { g: layer.elementwise.activation, h: layer.elementwise.hessian };
  const out = new Float64Array(2);
  return {
    g: (x) => {
      layer.activation(Float64Array.of(x, 0), out);
      return out[0];
    },
    h: () => 1,
  };
}

function picture(name: string, parameters: Readonly<Record<string, number>>): SVGSVGElement {
  const { g, h } = curveOf(name, parameters);
  const xs = Array.from({ length: SAMPLES + 1 }, (_, k) => REACH * ((2 * k) / SAMPLES - 1));
  const left = (x: number) => ((x + REACH) / (2 * REACH)) * WIDTH;
  const top = (y: number) => ZERO - UNIT * y;
  const points = xs.map((x) => {
    const y = g(x);
    return `${left(x).toFixed(1)} ${Math.max(-20, Math.min(60, top(y))).toFixed(1)}`;
  });
  const step = WIDTH / SAMPLES;
  const dead = xs.map((x) => Math.abs(h(x)) <= DEAD);
  const shades = dead.flatMap((is, k) => {
    if (!is || dead[k - 1]) return [];
    const end = dead.indexOf(false, k);
    const width = ((end < 0 ? dead.length : end) - k) * step;
    // One sample alone is a kink.
    return width > 1.5 * step
      ? [tag('rect', { class: 'dead', x: left(xs[k]), y: 0, width, height: HEIGHT })]
      : [];
  });
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', `0 0 ${String(WIDTH)} ${String(HEIGHT)}`);
  svg.setAttribute('aria-hidden', 'true');
  svg.innerHTML = [
    ...shades,
    tag('path', {
      class: 'axis',
      d: `M0 ${String(top(0))}H${String(WIDTH)}M${String(WIDTH / 2)} 0V${String(HEIGHT)}`,
    }),
    tag('path', { class: 'curve', d: `M${points.join('L')}` }),
  ].join('');
  return svg;
}

/** Whether `certified` is refused for this activation, whatever the weights. */
function uncertified({ activation, parameters }: Pick<LayerSetting, 'activation' | 'parameters'>): boolean {
  const row = activationRow(activation);
  return !row.convex(parameters) || !Number.isFinite(row.supHessian(parameters));
}

function deadText(layer: LayerSetting): string {
  const { dead, kind } = activationRow(layer.activation);
  const where =
    dead === 'never'
      ? 'never dead'
      : `${kind === 'blockwise' ? 'dead along' : 'dead where'} ${dead.replaceAll('<=', '≤').replaceAll('>=', '≥').replaceAll('->', '→').replaceAll('inf', '∞')}`;
  const bound = uncertified(layer) ? ' H ≥ 0 or its bound fails, so no energy is certified.' : '';
  return `${layer.activation}: ${where.replace('where in ', 'in ')}.${bound}`;
}

export function startActivation(session: Session): void {
  const names = activationNames();
  const root = byId('tiles');
  const select = find(document, '#layer', HTMLSelectElement);
  const more = byId('all-activations');
  const parameters = byId('parameters');
  const error = byId('parameter-error');
  let layer = 0;
  let key = '';
  let cells: [string, NumberCell][] = [];
  more.textContent = `all ${String(names.length)}`;
  const cards = new Cards(
    root,
    'activation',
    names.map((name) => ({
      value: name,
      content: [
        picture(name, defaults(name)),
        Object.assign(document.createElement('span'), { textContent: name }),
        ...(uncertified({ activation: name, parameters: defaults(name) })
          ? [Object.assign(document.createElement('small'), { textContent: 'not certified' })]
          : []),
      ],
    })),
    (name) => {
      session.set(setActivation(session.state, layer, name));
    },
    'tile',
  );
  const tiles = [...root.querySelectorAll<HTMLElement>('.tile')];
  const fold = (all: boolean, current: string) => {
    more.setAttribute('aria-expanded', String(all));
    tiles.forEach((tile, k) => {
      tile.hidden = !all && !FEW.includes(names[k]) && names[k] !== current;
    });
  };
  const build = ({ activation }: LayerSetting) => {
    const table = Object.entries(activationRow(activation).parameters);
    cells = table.map(([name, { accepts, domain }]) => [
      name,
      new NumberCell({
        id: `parameter-${name}`,
        label: `${name} of ${activation}, ${domain}`,
        refuses: (value) => (accepts(value) ? undefined : `${activation} needs ${domain}.`),
        onMove: (value) => {
          session.move(setParameter(session.state, layer, name, value));
        },
        onRest: () => {
          session.rest();
        },
        onRefuse: (reason) => {
          write(error, reason ?? '');
        },
      }),
    ]);
    parameters.replaceChildren(
      ...cells.map(([name, { input }]) => {
        const label = document.createElement('label');
        label.append(
          Object.assign(document.createElement('span'), { className: 'var', textContent: name }),
          input,
        );
        return label;
      }),
    );
  };
  const show = (state: State) => {
    layer = Math.min(layer, state.layers.length - 1);
    const own = state.layers[layer];
    const next = `${String(layer)} ${own.activation} ${state.layers.map(({ name }) => name).join()}`;
    if (next !== key) {
      key = next;
      select.replaceChildren(
        ...state.layers.map(
          ({ name, size }, k) =>
            new Option(`${name}: ${String(size)} ${size === 1 ? 'neuron' : 'neurons'}`, String(k)),
        ),
      );
      select.value = String(layer);
      byId('layers-of').hidden = state.layers.length === 1;
      build(own);
      fold(more.getAttribute('aria-expanded') === 'true', own.activation);
    }
    cards.show(own.activation);
    for (const [name, cell] of cells)
      cell.show(own.parameters[name], Math.max(2, Math.abs(own.parameters[name])));
    const tile = tiles[names.indexOf(own.activation)];
    if (cells.length > 0) tile.querySelector('svg')?.replaceWith(picture(own.activation, own.parameters));
    write(byId('dead-note'), deadText(own));
  };
  more.addEventListener('click', () => {
    fold(more.getAttribute('aria-expanded') !== 'true', session.state.layers[layer].activation);
  });
  select.addEventListener('change', () => {
    layer = Number(select.value);
    show(session.state);
  });
  session.follow(show);
  show(session.state);
}
