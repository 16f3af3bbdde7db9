/**
 * `newton_direction(p)`: d = Dr^-1 r in registers, N <= 8, every statement written out because arrays that are indexed by
 * variables leave the registers. Gaussian elimination; rows change places by comparing pairs, which brings the largest pivot up as
 * a search for it would. A pivot next to 0 is replaced by a small one, so that nothing is divided by 0.
 *
 *   eqs. 1, 13:  Dr = W H - I        eq. 9:  Dr = H W - I
 *
 * H is a diagonal, but for layers whose neurons act on each other: there its columns are H e_j.
 */
import { activationRow } from '../model/activation.js';
import { denseWeights } from '../model/network.js';
import type { Problem } from '../model/problem.js';
import type { NumberStore } from './numbers.js';

const PIVOT = '1e-6';

export function newtonDirection(problem: Problem, numbers: NumberStore): string {
  const n = problem.network.size;
  const all = Array.from({ length: n }, (_, i) => i);
  const below = (k: number) => all.slice(k + 1);
  const a = (i: number, j: number) => `a_${String(i)}_${String(j)}`;
  const b = (i: number) => `b_${String(i)}`;
  const pick = (i: number, k: number, name: (row: number) => string) =>
    `  t = ${name(k)};\n  ${name(k)} = select(t, ${name(i)}, up);\n  ${name(i)} = select(${name(i)}, t, up);\n`;
  const exchange = (i: number, k: number) =>
    `  up = abs(${a(i, k)}) > abs(${a(k, k)});\n` +
    all
      .slice(k)
      .map((j) => pick(i, k, (row) => a(row, j)))
      .join('') +
    pick(i, k, b);
  const pivot = (k: number) =>
    `  ${a(k, k)} = select(select(least, -least, ${a(k, k)} < 0.0), ${a(k, k)}, abs(${a(k, k)}) >= least);\n`;
  const eliminate = (i: number, k: number) =>
    `  t = ${a(i, k)} / ${a(k, k)};\n` +
    below(k)
      .map((j) => `  ${a(i, j)} -= t * ${a(k, j)};\n`)
      .join('') +
    `  ${b(i)} -= t * ${b(k)};\n`;
  const back = (i: number) =>
    `  ${b(i)} = (${[b(i), ...below(i).map((j) => `${a(i, j)} * ${b(j)}`)].join(' - ')}) / ${a(i, i)};\n`;
  const sizes = all.flatMap((i) => all.map((j) => `abs(${a(i, j)})`));
  return `fn newton_direction(p: Point) -> State {
${hessian(problem)}${derivative(problem, numbers, a)}${all.map((i) => `  var ${b(i)} = p.r[${String(i)}];\n`).join('')}  var t = 0.0;
  var up = false;
  let least = ${PIVOT} * ${sizes.reduce((most, size) => `max(${most}, ${size})`, '1.0')};
${all
  .map(
    (k) =>
      below(k)
        .map((i) => exchange(i, k))
        .join('') +
      pivot(k) +
      below(k)
        .map((i) => eliminate(i, k))
        .join(''),
  )
  .join('')}${all.toReversed().map(back).join('')}  return State(${all.map(b).join(', ')});
}

fn largest_of(x: State) -> Real {
  return ${all.map((i) => `abs(x[${String(i)}])`).reduce((most, size) => `max(${most}, ${size})`)};
}

`;
}

/** Layers whose H is no diagonal. */
const blocks = ({ network }: Problem) =>
  network.layers.filter(({ activation }) => activationRow(activation.name).kind === 'blockwise');

/** The diagonal of H as `h`, and the columns of blocks as `h_j`. */
function hessian(problem: Problem): string {
  const n = problem.network.size;
  const unit = (j: number) => Array.from({ length: n }, (_, i) => (i === j ? '1.0' : '0.0')).join(', ');
  const columns = blocks(problem).flatMap(({ offset, size }) =>
    Array.from({ length: size }, (_, k) => offset + k),
  );
  return (
    '  let h = hessian_diagonal(p);\n' +
    columns.map((j) => `  let h_${String(j)} = hessian_apply(p, State(${unit(j)}));\n`).join('')
  );
}

/** The entries of Dr as variables. */
function derivative(problem: Problem, numbers: NumberStore, name: (i: number, j: number) => string): string {
  const n = problem.network.size;
  const run = numbers.add(denseWeights(problem.network).data);
  const rates = problem.equation === 9;
  const inBlocks = blocks(problem);
  let text = '';
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      // Eqs. 1, 13: W_ik H_kj, k in the block of j; eq. 9: H_ik W_kj, k in the block of i.
      const own = rates ? i : j;
      const block = inBlocks.find(({ offset, size }) => own >= offset && own < offset + size);
      const partners = block ? Array.from({ length: block.size }, (_, k) => block.offset + k) : [own];
      const terms = partners
        .map((k) => ({ k, at: rates ? k * n + j : i * n + k }))
        .filter(({ at }) => run.known?.[at] !== 0)
        .map(({ k, at }) => {
          const slope = block ? `h_${String(own)}[${String(k)}]` : `h[${String(own)}]`;
          return `${run.at(at)} * ${slope}`;
        });
      text += `  var ${name(i, j)} = ${[...terms, ...(i === j ? ['-1.0'] : [])].join(' + ') || '0.0'};\n`;
    }
  return text;
}
