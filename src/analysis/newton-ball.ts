/**
 * How near to a zero y* of r a state must be for Newton to be proved to converge to it. With
 *
 *   |Dr(y*)^-1 (Dr(x) - Dr(y))| <= omega |x - y|   for all x, y
 *
 * plain Newton converges to y* from everywhere within 2 / (3 omega) of it, and no other zero lies there (Rheinboldt 1975;
 * Traub and Wozniakowski 1979). Where H is diagonal and its entries have Lipschitz constants k_j (activation table),
 *
 *   eqs. 1, 13:  Dr(x) - Dr(y) = W diag(h(x) - h(y)),   omega = max_j k_j |column j of Dr^-1 W|
 *   eq. 9:       Dr(u) - Dr(v) = diag(h(Wu+b) - h(Wv+b)) W,   omega = max_j k_j |column j of Dr^-1| |W|^2
 *
 * by the Frobenius norm of the columns scaled by |h_j(x) - h_j(y)| <= k_j |x_j - y_j|. Searches that have come so near to a
 * known point need not go on: thousands of starts share dozens of points.
 */
import { activationRow } from '../model/activation.js';
import type { Evaluator } from '../model/evaluator.js';
import { Lu } from '../math/lu.js';
import type { Network } from '../types.js';
import { frobenius } from './eigenvalue-error.js';
import { Linearisation, weightsOf } from './linearisation.js';

/** Beyond, a ball costs more than it saves. */
const MOST_NEURONS = 64;
/** For rounding, and for y* itself, which is known to 1e-12. */
const SAFETY = 0.99;

/** The Lipschitz constants of the diagonal of H; undefined where H is not diagonal, jumps or has none. */
function lipschitzConstants({ size, layers }: Network): Float64Array | undefined {
  const constants = new Float64Array(size);
  for (const { offset, size: count, activation } of layers) {
    const row = activationRow(activation.name);
    if (row.kind !== 'elementwise' || row.kinks(activation.parameters).length > 0) return undefined;
    const k = row.hessianSlope?.(activation.parameters);
    if (k === undefined || !Number.isFinite(k)) return undefined;
    constants.fill(k, offset, offset + count);
  }
  return constants;
}

/** Makes the function from a zero of r to the radius of its ball: 0 where nothing is proved. */
export function ballRadius(evaluator: Evaluator): (zero: Float64Array) => number {
  const { network, equation } = evaluator.problem;
  const constants = network.size <= MOST_NEURONS ? lipschitzConstants(network) : undefined;
  if (!constants) return () => 0;
  const n = network.size;
  const w = weightsOf(network);
  const gain = equation === 9 ? frobenius(w) ** 2 : 1;
  const linearisation = new Linearisation(evaluator);
  const lu = new Lu(n);
  const column = new Float64Array(n);
  return (zero) => {
    evaluator.moveTo(zero);
    linearisation.update();
    linearisation.residual(lu.matrix);
    if (!(lu.factor() > 0)) return 0;
    let omega = 0;
    for (let j = 0; j < n; j++) {
      for (let i = 0; i < n; i++) column[i] = equation === 9 ? Number(i === j) : w.data[i * n + j];
      lu.solve(column);
      let squares = 0;
      for (const value of column) squares += value * value;
      omega = Math.max(omega, constants[j] * Math.sqrt(squares) * gain);
    }
    const radius = (SAFETY * 2) / (3 * omega);
    return Number.isNaN(radius) ? 0 : radius;
  };
}
