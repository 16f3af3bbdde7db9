/**
 * What can be chosen, and why the rest cannot: each choice is tried on the network as it is, and the library's own
 * sentence is the reason. Nothing here knows a condition of the paper.
 */
import { MemscapeError, type Coefficients } from '../library.js';
import { setDesign, setEnergy } from '../state/change.js';
import type { DesignSetting, EnergySetting, State } from '../state/state.js';
import { resolveColumn } from './pair.js';

export interface DesignChoice {
  readonly design: DesignSetting;
  readonly formula: string;
  readonly words: string;
}

/** R in the order of equations.md; the first three need nothing of W. */
export const DESIGNS: readonly DesignChoice[] = [
  { design: 'identity', formula: 'R = I', words: 'the motion itself' },
  { design: 'gradient', formula: 'R = M', words: 'straight down the energy' },
  { design: 'adaptive-polar', formula: 'R = Q of M', words: 'adaptive polar' },
  { design: 'weights', formula: 'R = W', words: 'weights' },
  { design: 'polar', formula: 'R = sign W', words: 'polar' },
  { design: { spectral: 'linear' }, formula: 'R = f(W)', words: 'spectral, f(λ) = λ' },
  { design: { spectral: 'tanh' }, formula: 'R = f(W)', words: 'spectral, f = tanh' },
  { design: { spectral: 'sign' }, formula: 'R = f(W)', words: 'spectral, f = sign' },
  { design: { sylvester: 'identity' }, formula: 'WR + RW = I', words: 'Sylvester' },
];

/** The energies of a state: y of eqs. 1 and 13, u of eq. 9. */
const energiesOf = ({ equation }: State): readonly EnergySetting[] =>
  equation === 9 ? [{ equation: 10 }] : [{ equation: 4 }, { equation: 5 }, { equation: 14 }];

const certified = ({ equation }: State): EnergySetting => ({
  equation: equation === 9 ? 10 : 14,
  coefficients: 'certified',
});

/** A choice as text, to look its reason up by. */
export const keyOf = (choice: DesignSetting | EnergySetting): string => JSON.stringify(choice);

/** Reasons by the key of the choice; what is absent can be chosen. */
type Reasons = ReadonlyMap<string, string>;

export interface Obstacles {
  readonly designs: Reasons;
  readonly left: Reasons;
  readonly right: Reasons;
  /** Coefficients that are proved, where some are. */
  readonly proved: Readonly<Record<'left' | 'right', Coefficients | undefined>>;
}

export async function findObstacles(state: State): Promise<Obstacles> {
  const energies = [...energiesOf(state), certified(state)];
  // With coefficients that the library chooses: a reason against R must not be one against the coefficients.
  const plain = { ...state, right: energies[energies.length - 2] };
  const reasons = async <T extends DesignSetting | EnergySetting>(
    choices: readonly T[],
    side: 'left' | 'right',
    choose: (choice: T) => State,
  ) => {
    const found = new Map<string, string>();
    await Promise.all(
      choices.map(async (choice) => {
        const reason = await obstacle(choose(choice), side);
        if (reason !== undefined) found.set(keyOf(choice), reason);
      }),
    );
    return found;
  };
  const designs = DESIGNS.map(({ design }) => design);
  const [first, left, right] = await Promise.all([
    reasons(designs, 'right', (design) => setDesign(plain, design)),
    reasons(energies, 'left', (energy) => setEnergy(state, 'left', energy)),
    reasons(energies, 'right', (energy) => setEnergy(state, 'right', energy)),
  ]);
  const proof = async (side: 'left' | 'right', reasonsOf: Reasons) =>
    reasonsOf.has(keyOf(certified(state)))
      ? undefined
      : (await resolveColumn(setEnergy(state, side, certified(state)), side)).energy.coefficients;
  const proved = { left: await proof('left', left), right: await proof('right', right) };
  return { designs: first, left, right, proved };
}

async function obstacle(state: State, side: 'left' | 'right'): Promise<string | undefined> {
  try {
    await resolveColumn(state, side);
    return undefined;
  } catch (error) {
    // The place in the model file says nothing beside the choice itself.
    if (error instanceof MemscapeError) return error.what.replace(/^[\w.[\]]+: /, '');
    throw error;
  }
}
