/**
 * Condition (11) under attack: while the page rests, states at which it fails are looked for in both columns, in portions
 * between frames, and what is known by now stands beneath the energy. A new problem ends the hunt for the old one; a hand
 * that moves and a tab that is not seen hold it.
 */
import type { Explorer } from '../explorer.js';
import { loadAlgebra, type Algebra, type Problem } from '../library.js';
import { boxOf, Hunt, samplesOf, type Condition, type Known } from '../model/condition.js';
import { sameProblems } from '../model/pair.js';
import { nearest, planeOf } from '../model/plane.js';
import { isAt, placeAt, placeOf, type Place } from '../model/probe.js';
import type { Session } from '../state/session.js';
import type { State } from '../state/state.js';
import { idle } from './idle.js';
import { letterOf } from './names.js';
import { byId, count, fill, find, fixed, sentence, short, write } from './text.js';

type Side = 'left' | 'right';

/** Words follow the hunt at a pace that can be read. */
const PACE = 400;
/** Numbers of a state that are written. */
const MOST_WRITTEN = 4;

const withScripts = (text: string) => text.replaceAll(/\^T (?=[A-Z])|\^T/g, 'ᵀ');

const tuple = (numbers: readonly number[]): string => ` (${numbers.map((v) => fixed(v, 3)).join(', ')})`;

function eigenvalueText({ states, worst, undefinedStates }: Known): string {
  const none = undefinedStates > 0 ? `, R undefined at ${count(undefinedStates)}` : '';
  const tried = `${count(states)} states tried${none}`;
  return worst ? `${tried}, least eigenvalue ${short(worst.eigenvalue)} ± ${short(worst.error)}` : tried;
}

/** What a hunt knows, in a sentence: a verdict in bold and its numbers. */
function wordsOf(known: Known, problem: Problem): (Node | string)[] {
  const { verdict, proof, worst, done } = known;
  const bold = (className: string, textContent: string) =>
    Object.assign(document.createElement('b'), { className, textContent });
  const numbers = eigenvalueText(known);
  if (verdict === 'proved')
    return ['(11) ', bold('cert', 'holds by proof'), `: ${withScripts(proof ?? '')}. ${sentence(numbers)}`];
  if (verdict === 'violated' && worst)
    return [
      '(11) is ',
      bold('blind', 'violated here'),
      `: ${numbers}, at ${worst.state.length > MOST_WRITTEN ? `a state of ${String(worst.state.length)} neurons` : `${letterOf(problem)} =${tuple(worst.state)}`}.`,
    ];
  return [
    '(11): ',
    bold('', 'no violation found so far'),
    `: ${numbers}. ${done ? 'This proves nothing.' : 'Still looking.'}`,
  ];
}

/** One column: its hunt, its words, its buttons. */
class Column {
  readonly #side: Side;
  readonly #session: Session;
  readonly #words: HTMLElement;
  readonly #worst: HTMLButtonElement;
  readonly #rise: HTMLButtonElement;
  readonly #back: HTMLButtonElement;
  hunt: Hunt | undefined;
  #said = 0;
  /** Where the probe was taken from, and where to. */
  #visit: { readonly from: Place; readonly to: Place } | undefined;

  constructor(side: Side, session: Session) {
    const root = byId(`${side}-refuter`);
    this.#side = side;
    this.#session = session;
    this.#words = find(root, '[data-part="words"]', HTMLElement);
    this.#worst = find(root, '[data-part="worst"]', HTMLButtonElement);
    this.#rise = find(root, '[data-part="rise"]', HTMLButtonElement);
    this.#back = find(root, '[data-part="back"]', HTMLButtonElement);
    this.#worst.addEventListener('click', () => {
      this.#go(this.hunt?.known.worst?.state);
    });
    this.#rise.addEventListener('click', () => {
      this.#go(this.hunt?.known.rise?.state);
    });
    this.#back.addEventListener('click', () => {
      const { state } = session;
      if (this.#visit) session.set({ ...state, ...this.#visit.from });
      this.#worst.focus();
    });
  }

  begin(hunt: Hunt): void {
    this.hunt = hunt;
    this.#said = 0;
    this.say(true);
  }

  /** Words are renewed now and then, and at once where they turn; whether they were. */
  say(now: boolean): boolean {
    const { hunt } = this;
    if (!hunt || (!now && performance.now() - this.#said < PACE)) return false;
    this.#said = performance.now();
    const { known, problem } = hunt;
    fill(this.#words, wordsOf(known, problem));
    this.#words.dataset.verdict = known.verdict;
    this.#words.dataset.states = String(known.states);
    if (this.#side === 'right') write(byId('design-condition'), this.#words.textContent);
    this.showButtons();
    return true;
  }

  /** Whoever was taken somewhere is offered the way back while he is there. */
  showButtons(): void {
    const known = this.hunt?.known;
    const there = this.#visit !== undefined && isAt(this.#session.state, this.#visit.to);
    this.#worst.hidden = known?.verdict !== 'violated';
    this.#rise.hidden = known?.verdict !== 'violated' || known.rise === undefined;
    this.#back.hidden = !there;
  }

  /** For the words above the landscape. */
  condition(state: State): Condition | undefined {
    if (!this.hunt) return undefined;
    const { verdict, states, worst } = this.hunt.known;
    if (!worst) return undefined;
    const { at, off } = nearest(planeOf(state.plane), Float64Array.from(worst.state));
    const inPlane = off <= 1e-9 * Math.hypot(1, ...worst.state);
    return { verdict, states, least: worst.eigenvalue, ...(inPlane ? { at } : {}) };
  }

  #go(y: readonly number[] | undefined): void {
    const vector = this.hunt?.known.worst?.vector;
    if (!y || !vector) return;
    const { state } = this.#session;
    const to = placeAt(state, y, vector);
    // From one found state to the other, the way back is still that to where it began.
    const from = this.#visit && isAt(state, this.#visit.to) ? this.#visit.from : placeOf(state);
    this.#visit = { from, to };
    this.#session.set({ ...state, ...to });
    this.showButtons();
    this.#back.focus();
  }
}

/** @returns what to call whenever the page has come to rest. */
export async function startRefuter(session: Session, explorer: Explorer): Promise<() => void> {
  const algebra: Algebra = await loadAlgebra();
  const columns = { left: new Column('left', session), right: new Column('right', session) };
  const sides = ['right', 'left'] as const;
  /** The state whose problems are hunted. */
  let hunted: State | undefined;
  let asked = false;
  let turn = 0;
  const judge = (side: Side) => {
    const condition = columns[side].condition(session.state);
    if (condition) explorer.judge(side, condition);
  };
  const held = () => document.hidden || !hunted || document.documentElement.hasAttribute('data-busy');
  const open = () => sides.filter((side) => columns[side].hunt?.known.done === false);
  const portion = () => {
    asked = false;
    const left = open();
    if (held() || left.length === 0) return;
    const side = left[turn++ % left.length];
    const { hunt } = columns[side];
    if (!hunt) return;
    const { verdict } = hunt.known;
    performance.mark('memscape.portion');
    const { verdict: now, done } = hunt.step();
    performance.measure('memscape.refuter', 'memscape.portion');
    const turned = done || now !== verdict;
    // Above the landscape as beneath it: no two numbers for one thing.
    if (columns[side].say(turned)) judge(side);
    ask();
  };
  const ask = () => {
    if (asked || held() || open().length === 0) return;
    asked = true;
    idle(portion);
  };
  session.listen((state, moving) => {
    if (hunted && !sameProblems(hunted, state)) hunted = undefined;
    if (moving) return;
    for (const side of sides) columns[side].showButtons();
    ask();
  });
  document.addEventListener('visibilitychange', ask);
  return () => {
    // Loaded while the page went on: the rest after that picture comes here too.
    if (document.documentElement.hasAttribute('data-busy')) return;
    const { pair, view } = explorer.snapshot;
    for (const side of sides) {
      const { problem } = pair[side];
      if (columns[side].hunt?.problem !== problem)
        columns[side].begin(new Hunt(problem, algebra, boxOf(view), samplesOf(view)));
      // The picture forgot it with its old problem.
      else judge(side);
    }
    hunted = session.state;
    ask();
  };
}
