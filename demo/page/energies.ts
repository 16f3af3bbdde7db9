/** The energy of each column: its equation, its coefficients, and the library's own choice of them one click away. */
import type { Coefficients } from '../library.js';
import { keyOf, type Obstacles } from '../model/choices.js';
import type { Pair } from '../model/pair.js';
import { setEnergy } from '../state/change.js';
import type { Session } from '../state/session.js';
import type { EnergySetting } from '../state/state.js';
import { NumberCell } from './number-cell.js';
import { Cards } from './radio.js';
import { byId, write } from './text.js';
import type { Triangle } from './triangle.js';

type Side = 'left' | 'right';

const WORDS: Readonly<Record<number, string>> = {
  4: 'Krotov and Hopfield',
  5: 'Hopfield 1984',
  10: 'a₁ E₁ + a₂ E₄ + a₃ |r|²/2',
  14: 'b₁ E₁ + b₂ E₄ + b₃ |r|²/2',
};

export interface Energies {
  readonly explain: (obstacles: Obstacles) => void;
  readonly picture: (pair: Pair) => void;
}

export function startEnergies(session: Session): Energies {
  const columns = (['left', 'right'] as const).map((side) => new Column(session, side));
  return {
    explain: (obstacles) => {
      for (const column of columns) column.explain(obstacles);
    },
    picture: (pair) => {
      for (const column of columns) column.picture(pair);
    },
  };
}

class Column {
  readonly #session: Session;
  readonly #side: Side;
  readonly #fields: HTMLElement;
  readonly #certified: HTMLButtonElement;
  readonly #proposed: HTMLButtonElement;
  #cards: Cards | undefined;
  #cells: readonly NumberCell[] = [];
  #drawn: Coefficients = [0, 1, 0];
  #triangle: Triangle | undefined;
  #proved: Coefficients | undefined;
  /** Whether the state is u of eq. 9, which has other energies. */
  #inner: boolean | undefined;

  constructor(session: Session, side: Side) {
    this.#session = session;
    this.#side = side;
    this.#fields = byId(`${side}-coefficients`);
    this.#certified = this.#button('certified', () => ({ coefficients: 'certified' }));
    this.#proposed = this.#button('proposed', () => ({}));
    session.follow(() => {
      this.#show();
    });
    this.#show();
  }

  /** Coefficients as they are drawn, chosen by the reader or by the library. */
  picture(pair: Pair): void {
    const { energy } = pair[this.#side].problem;
    this.#drawn = energy.coefficients;
    this.#showNumbers();
  }

  explain(obstacles: Obstacles): void {
    const reasons = obstacles[this.#side];
    this.#proved = obstacles.proved[this.#side];
    this.#showNumbers();
    this.#cards?.explain(
      new Map([...reasons].map(([key, reason]) => [String(equationOf(key)), reason] as const)),
    );
    const { equation } = this.#session.state;
    const key = keyOf({ equation: equation === 9 ? 10 : 14, coefficients: 'certified' });
    const reason = reasons.get(key);
    this.#certified.disabled = reason !== undefined;
    write(byId(`${this.#side}-certified-why`), reason ?? '');
  }

  #button(name: string, setting: () => Partial<EnergySetting>): HTMLButtonElement {
    const button = byId(`${this.#side}-${name}`) as HTMLButtonElement;
    button.addEventListener('click', () => {
      const { state } = this.#session;
      this.#session.set(
        setEnergy(state, this.#side, { equation: state.equation === 9 ? 10 : 14, ...setting() }),
      );
    });
    return button;
  }

  #show(): void {
    const { state } = this.#session;
    const inner = state.equation === 9;
    if (inner !== this.#inner) {
      this.#inner = inner;
      this.#build(inner ? [10] : [4, 5, 14]);
    }
    const setting = state[this.#side];
    this.#cards?.show(String(setting.equation));
    const mixture = setting.equation === 10 || setting.equation === 14;
    this.#fields.hidden = !mixture;
    if (mixture && !this.#triangle) void this.#loadTriangle();
    if (Array.isArray(setting.coefficients)) this.#drawn = setting.coefficients as unknown as Coefficients;
    this.#certified.setAttribute('aria-pressed', String(setting.coefficients === 'certified'));
    this.#proposed.setAttribute('aria-pressed', String(mixture && setting.coefficients === undefined));
    this.#showNumbers();
  }

  async #loadTriangle(): Promise<void> {
    const { Triangle: Loaded } = await import('./triangle.js');
    this.#triangle ??= new Loaded(byId(`${this.#side}-triangle`), {
      onMove: (coefficients) => {
        this.#choose(coefficients);
      },
      onRest: () => {
        this.#session.rest();
      },
    });
    this.#showNumbers();
  }

  #showNumbers(): void {
    this.#triangle?.show(this.#inner === true ? 'a' : 'b', this.#drawn, this.#proved);
    this.#cells.forEach((cell, k) => {
      cell.show(this.#drawn[k], Math.max(...this.#drawn.map(Math.abs)));
    });
  }

  #build(equations: readonly number[]): void {
    const side = this.#side;
    this.#cards = new Cards(
      byId(`${side}-energies`),
      `${side}-energy-choice`,
      equations.map((equation) => ({
        value: String(equation),
        content: [
          Object.assign(document.createElement('span'), {
            className: 'no',
            textContent: `(${String(equation)})`,
          }),
          ` ${WORDS[equation]}`,
        ],
      })),
      (value) => {
        const { state } = this.#session;
        const equation = equations.find((number) => String(number) === value);
        if (equation === 4 || equation === 5 || equation === 10 || equation === 14)
          this.#session.set(setEnergy(state, side, { equation }));
      },
    );
    const letter = this.#inner === true ? 'a' : 'b';
    this.#cells = [0, 1, 2].map(
      (k) =>
        new NumberCell({
          id: `${side}-${letter}${String(k + 1)}`,
          label: `${letter}${String(k + 1)} of the ${side} energy`,
          onMove: (value) => {
            this.#move(k, value);
          },
          onRest: () => {
            this.#session.rest();
          },
          onRefuse: (reason) => {
            write(byId(`${side}-coefficient-error`), reason ?? '');
          },
        }),
    );
    byId(`${side}-numbers`).replaceChildren(
      ...this.#cells.map(({ input }, k) => {
        const label = document.createElement('label');
        const name = Object.assign(document.createElement('span'), { className: 'var', textContent: letter });
        name.append(Object.assign(document.createElement('sub'), { textContent: String(k + 1) }));
        label.append(name, input);
        return label;
      }),
    );
  }

  #move(k: number, value: number): void {
    const [a, b, c] = this.#drawn.map((old, j) => (j === k ? value : old));
    this.#choose([a, b, c]);
  }

  #choose(coefficients: Coefficients): void {
    const { state } = this.#session;
    this.#drawn = coefficients;
    this.#session.move(
      setEnergy(state, this.#side, { equation: state.equation === 9 ? 10 : 14, coefficients }),
    );
  }
}

/** The equation that a key of an obstacle is about; 0 for the question whether coefficients are certified. */
function equationOf(key: string): number {
  const setting = JSON.parse(key) as EnergySetting;
  return setting.coefficients === undefined ? setting.equation : 0;
}
