/** The two landscapes of Figure 1 as problems: one network, two energies, and the motion chosen for the right. */
import { readModel, resolveProblem, type Problem } from '../library.js';

export interface Parameters {
  readonly w11: number;
  /** w12 = w21: W stays symmetric. */
  readonly w12: number;
  readonly w22: number;
  readonly b1: number;
  readonly b2: number;
}

export type ParameterName = keyof Parameters;
export type RightDesign = 'identity' | 'gradient';

/** Winner-take-all: two memories, a saddle between them (equations.md section 3, Fig. 1). */
export const WINNER_TAKE_ALL: Parameters = { w11: 0, w12: -1.5, w22: 0, b1: 1, b2: 1 };

export interface Pair {
  /** Eq. 4 under eq. 1, Krotov and Hopfield's system. */
  readonly left: Problem;
  /** The certified eq. 14 under eq. 13. */
  readonly right: Problem;
}

/** Resolves both problems of a network. */
export async function resolvePair(p: Parameters, design: RightDesign): Promise<Pair> {
  const network = {
    format: 'memscape-model/1',
    layers: [{ name: 'x', size: 2, activation: 'relu' }],
    weights: [
      [p.w11, p.w12],
      [p.w12, p.w22],
    ],
    bias: [p.b1, p.b2],
  };
  const resolve = async (change: object) => await resolveProblem(await readModel({ ...network, ...change }));
  const [left, right] = await Promise.all([
    resolve({ name: 'krotov-hopfield', dynamics: { equation: 1 }, energy: { equation: 4 } }),
    resolve({
      name: 'certified',
      dynamics: { equation: 13, R: design },
      energy: { equation: 14, coefficients: 'certified' },
    }),
  ]);
  return { left, right };
}
