/** Random networks of Proposition 3: their spectral radii as neurons die, computed in pieces. Pure. */
import { loadAlgebra, readModel, type Algebra } from '../library.js';
import { stateOf } from '../state/model.js';
import type { State } from '../state/state.js';
import { spectrumAlive } from './claims.js';
import { NEURONS, SCALE } from './states.js';

/** Networks beside the one that is shown; the band holds the middle half of them. */
const OTHERS = 24;
const SEED = 1;
/** Entries are kept to this many digits, so that links stay short. */
const DIGITS = 3;

interface Radii {
  readonly largest: readonly number[];
  readonly radius: readonly number[];
}

/** W of the Gaussian orthogonal ensemble, from the library's own generator. */
export async function randomWeights(seed: number): Promise<State['weights']> {
  const model = await readModel({
    format: 'memscape-model/1',
    name: 'goe',
    layers: [{ name: 'x', size: NEURONS, activation: 'relu' }],
    weights: { random: 'goe', seed, scale: SCALE },
  });
  return stateOf(model).weights.map((row) => row.map((w) => Number(w.toFixed(DIGITS)) + 0));
}

function radiiOf(algebra: Algebra, weights: State['weights']): Radii {
  const all = Array.from({ length: NEURONS }, (_, dead) => spectrumAlive(algebra, weights, dead));
  return { largest: all.map(({ largest }) => largest), radius: all.map(({ radius }) => radius) };
}

export class Ensemble {
  readonly weights: State['weights'];
  readonly own: Radii;
  /** Lower and upper quartile of the spectral radii of all networks, by the number of dead neurons. */
  readonly quartiles: readonly [readonly number[], readonly number[]];

  private constructor(weights: State['weights'], own: Radii, quartiles: Ensemble['quartiles']) {
    this.weights = weights;
    this.own = own;
    this.quartiles = quartiles;
  }

  /** @param rest called between two networks. */
  static async draw(rest: () => Promise<unknown>): Promise<Ensemble> {
    const algebra = await loadAlgebra();
    const weights = await randomWeights(SEED);
    const own = radiiOf(algebra, weights);
    const all = [own];
    for (let k = 1; k <= OTHERS; k++) {
      await rest();
      all.push(radiiOf(algebra, await randomWeights(SEED + k)));
    }
    const quartile = (share: number) =>
      own.radius.map((_, dead) => {
        const sorted = Float64Array.from(all, ({ radius }) => radius[dead]).sort();
        return sorted[Math.floor(share * (all.length - 1))];
      });
    return new Ensemble(weights, own, [quartile(0.25), quartile(0.75)]);
  }
}
