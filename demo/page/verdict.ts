/** What each landscape is worth, in words that its numbers carry. */
import type { Landscape } from '../landscape.js';
import { exponentOf } from '../model/deep.js';
import type { Point } from '../model/exact.js';
import type { Pair, Side } from '../model/pair.js';
import type { Scene, Scenes } from '../scene.js';
import { letterOf, shortName, titleOf } from './names.js';
import { showPoints } from './points-table.js';
import { stateText } from './readout.js';
import { byId, count, fill, fixed, percent, sentence, short, write } from './text.js';
import { typeset } from './typeset.js';

/**
 * Everything that is said of a pair of landscapes, in and beside the plots.
 * @param veiled whether a prediction is asked for: then descriptions of plots keep what it is about to themselves.
 */
export function describe(
  left: Landscape,
  right: Landscape,
  scenes: Scenes,
  pair: Pair,
  veiled: boolean,
): void {
  const same = pair.right.problem.design.kind === 'identity';
  write(byId('motions'), same ? 'one motion' : 'two motions');
  const alike = titleOf(pair.left.problem) === titleOf(pair.right.problem);
  write(byId('energies-shown'), alike ? 'one energy' : 'two energies');
  showVerdict(left, scenes.left, pair.left, veiled);
  showVerdict(right, scenes.right, pair.right, veiled);
  fill(byId('left-claim'), claim(left, scenes.left, pair.left));
  fill(byId('right-claim'), claim(right, scenes.right, pair.right));
  showProof(byId('left-proof'), scenes.left, pair.left);
  showProof(byId('right-proof'), scenes.right, pair.right);
  showPoints(scenes, left.view);
}

/** What the line of honesty says of a small box. */
export function deepWords(left: Landscape, right: Landscape): string {
  const { deep, view } = left;
  if (!deep) return '';
  const unit = `10${superscript(exponentOf(view))}`;
  const centre = deep.centre.map((v) => String(v).replaceAll('-', '−')).join(', ');
  const axes = `axes: offsets from the centre (${centre}) in ${unit}`;
  const values = [left, right].map(({ deep: own }) => own?.from?.reference.energy);
  const exact = values.filter((value) => value !== undefined);
  if (exact.length < 2) return `${axes}; E itself, as ${deep.refusal ?? right.deep?.refusal ?? ''}`;
  return `E − E(centre), nothing cancels; E(centre) = ${exact.map(short).join(' and ')} in f64; ${axes}`;
}

const superscript = (exponent: number) =>
  String(exponent).replace(/./g, (c) => (c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(c)]));

/** How many minima there are: memories are minima of a certified energy, and rest in any other. */
function minimaText({ search: { points }, exact }: Scene): string {
  const stable = points.filter(({ kind }) => kind === 'stable').length;
  const [one, many] = exact.problem.energy.certified ? ['minimum', 'minima'] : ['memory', 'memories'];
  return `${count(stable)} ${stable === 1 ? one : many}: `;
}

function pointsText({ search }: Scene): string {
  const { points } = search;
  const text = points
    .slice(0, 12)
    .map(
      ({ kind, name, y, state }) =>
        `${kind === 'stable' ? 'memory' : kind} ${name} at ${stateText(state, y)}`,
    )
    .join(', ');
  const more = points.length > 12 ? ` and ${String(points.length - 12)} more` : '';
  return text === '' ? 'no fixed point found' : text + more;
}

const shareOf = ({ scan }: Landscape): number => (scan ? scan.blind / scan.samples : 0);

function showVerdict(landscape: Landscape, scene: Scene, { problem }: Side, veiled: boolean): void {
  const { scan } = landscape;
  if (!scan) return;
  const { x, y } = landscape.view;
  const [half, raised] = [(x[1] - x[0]) / 2, (y[1] - y[0]) / 2].map(short);
  const across = `${fixed(x[0], 1)} to ${fixed(x[1], 1)}`;
  const box = landscape.isCurve
    ? `a curve over ${letterOf(problem)} from ${across}`
    : landscape.deep
      ? `${half} to either side and ${raised} up and down from ${landscape.deep.centre.map(String).join(', ').replaceAll('-', '−')}`
      : `${across} across and ${fixed(y[0], 1)} to ${fixed(y[1], 1)} upwards`;
  const range = `values from ${short(scan.tone.low)} to ${short(scan.high)}`;
  const share = shareOf(landscape);
  const [verdict, wide] = verdictOf(landscape);
  const title = landscape.deep?.from ? `${titleOf(problem)}, E − E(centre)` : titleOf(problem);
  const flat =
    scene.flat === undefined ? '' : ` The quarter where both are negative is flat at ${short(scene.flat)}.`;
  const blind = share > 0 ? ` Blind on ${percent(share)} of the view.` : ' Blind nowhere at the samples.';
  const told = veiled
    ? ' What is asked above is not told before it is revealed.'
    : `${flat}${blind} ${minimaText(scene)}${pointsText(scene)}.`;
  landscape.say(
    title,
    verdict,
    wide,
    `${title}${landscape.isSurface ? ' as a surface' : ''}, ${box}, ${range}.${told}`,
  );
}

const placeText = ([a, b]: Point): string => `(${fixed(a, 2)}, ${fixed(b, 2)})`;

function verdictOf(landscape: Landscape): readonly [string, string] {
  const { condition, tint } = landscape;
  if (tint === 'blind') return [`blind on ${percent(shareOf(landscape))}`, ' of this view'];
  if (tint === 'certified') return ['blind nowhere', ', falls on every path'];
  if (!condition) return ['not proved', ''];
  const { verdict, least, at, states } = condition;
  if (verdict === 'violated')
    return ['may rise', `: least eigenvalue ${short(least)}${at ? ` at ${placeText(at)}` : ''}`];
  // Whether the motion stops where E does is another matter.
  if (verdict === 'proved') return ['never rises', ', by proof of (11)'];
  return ['not proved', `: (11) holds at ${count(states)} states`];
}

const bold = (className: string, textContent: string) =>
  Object.assign(document.createElement('b'), { className, textContent });

/** A sentence of the claim above the landscapes. */
function claim(landscape: Landscape, scene: Scene, { problem, refused }: Side): (Node | string)[] {
  const name = `The energy of ${shortName(problem)}`;
  const share = shareOf(landscape);
  if (refused) return [`${name} is drawn, as what was chosen does not fit W (see Energies). `];
  if (share > 0)
    return scene.flat === undefined
      ? [
          `${name} is `,
          bold('blind', 'blind'),
          ` where it is ${landscape.isCurve ? 'dashed' : 'hatched'}: flat along the motion of the state. `,
        ]
      : [`${name} is `, bold('blind', 'flat'), ' over the hatched quarter, although the state moves there. '];
  if (problem.energy.certified)
    return ['The certified energy ', bold('cert', 'falls'), ' along every path until the state stops. '];
  return landscape.condition?.verdict === 'proved'
    ? [`${name} is blind nowhere here and never rises; that it falls until the state stops is not proved. `]
    : [`${name} is blind nowhere here, and not proved to fall. `];
}

/** One state in each quarter: relu has one activation pattern there, and M is the same in all of it. */
const PATTERNS: readonly Point[] = [
  [1, 1],
  [1, -1],
  [-1, 1],
  [-1, -1],
];

function leastOf({ exact }: Scene, { problem }: Side): string {
  const { network, equation } = problem;
  const relu = network.size === 2 && network.layers.every(({ activation }) => activation.name === 'relu');
  if (!relu || equation === 9) return '';
  const least = Math.min(...PATTERNS.map((y) => exact.certificate(y)));
  return ` Least eigenvalue of sym(MᵀR): ${short(least)}, over all 4 activation patterns.`;
}

function showProof(element: HTMLElement, scene: Scene, side: Side): void {
  const { problem, refused } = side;
  const { energy, notices } = problem;
  const parts: (Node | string)[] = [];
  if (refused)
    parts.push(
      bold('blind', 'Cannot be drawn here: '),
      `${sentence(refused.what)} ${sentence(refused.why)} `,
      `Drawn instead: ${titleOf(problem)}. `,
    );
  if (energy.certified)
    parts.push(
      bold('cert', 'Proved: '),
      `the energy falls wherever the state moves, ${typeset(energy.why.replace(/^certified: /, 'as '))}.${leastOf(scene, side)}`,
    );
  else
    parts.push(
      bold('', 'Not proved to fall wherever the state moves: '),
      `${typeset(energy.why.replace(' in the model file', ' by hand'))}.`,
    );
  for (const notice of notices) parts.push(` ${notice}`);
  fill(element, parts);
  element.dataset.letter = letterOf(problem);
}
