/** The conductor: settings in, frames out. The latest settings win; a picture and a number are of one state. */
import { CpuBackend, MemscapeError, Simulator, type GpuBackend, type Reference } from './library.js';
import { FlowClock, reducedMotion } from './flow-clock.js';
import { keepDevice, openCanvas, type DeviceHost } from './gpu.js';
import { Landscape, type Effort } from './landscape.js';
import { measure } from './measure.js';
import type { Condition } from './model/condition.js';
import type { Found } from './model/memories.js';
import { sameProblems, type Pair } from './model/pair.js';
import { planeOf } from './model/plane.js';
import { announce, showReading, type CursorReading } from './page/readout.js';
import { atOnce, inTurns } from './page/idle.js';
import { hideRefusal, showRefusal } from './page/refusal.js';
import { showFacts, showStatus } from './page/honesty.js';
import { isDark } from './page/theme.js';
import { byId } from './page/text.js';
import { deepWords, describe } from './page/verdict.js';
import { readPalette, type Palette } from './plot/ink.js';
import type { GpuCanvas } from './plot/gpu-painter.js';
import type { View } from './plot/view.js';
import { hasParts, isCurve, loadParts } from './parts.js';
import { Director, type Scene, type Scenes } from './scene.js';
import type { Cursor, Point, Shown, State } from './state/state.js';

/** What is seen at a moment, for those who take it elsewhere. */
export interface Snapshot {
  readonly state: State;
  readonly pair: Pair;
  readonly scenes: Scenes;
  readonly view: View;
  /** Undefined where the CPU computes. */
  readonly gpu: GpuBackend | undefined;
  /** From where energies are measured in a box so small that f32 would lose them. */
  readonly references: Readonly<Record<'left' | 'right', Reference | undefined>>;
}

/** Rest after which the picture is sharpened, measured and checked. */
const REST = { sharpen: 120, measure: 400 } as const;
/** The same where a full picture takes longer than a hand waits: between two keys it would hold up the second. */
const SLOW_SHARPEN = 240;
/** Milliseconds after which an answer to the hand feels late. */
const PATIENCE = 90;
const EASE_MILLISECONDS = 240;
/** Words and numbers follow a hand this often where a software adapter paints them: that takes longer than a picture. */
const SLOW_WORDS = 500;

const SIDES = ['left', 'right'] as const;

interface Said {
  readonly sentence: string;
  readonly care: boolean;
}

const CURVE: Said = { sentence: 'One neuron: its curve is computed and drawn in f64.', care: false };

/** What is seen of a scene that must not tell where it goes: the start. */
const veil = (scene: Scene): Scene => ({
  ...scene,
  path: { ...scene.path, points: scene.path.points.slice(0, 1), stretches: [] },
  cursor: scene.start,
});

export class Explorer {
  #state: State;
  /** What a pointer names at the moment. */
  #hover: Cursor | undefined;
  readonly left: Landscape;
  readonly right: Landscape;
  readonly #director: Director;
  #palette: Palette = readPalette();
  #scenes: Scenes | undefined;
  #name = 'CPU, f64';
  #software = false;
  /** What is said of the device that draws. */
  #device: Said = { sentence: '', care: false };
  #busy = false;
  #computing = false;
  #asked: number | undefined;
  #moving = false;
  #first = true;
  /** Whether a reader predicts: what would tell is not drawn. */
  #veiled = false;
  /** Whether full pictures take longer than a hand waits. */
  #slow = true;
  #effort: Effort = 'full';
  /** Whether colours have come to the range of the picture that is seen. */
  #settled = false;
  /** Whether fields were drawn while something moved, which are to be drawn in full. */
  #stirred = false;
  /** When words and numbers were written last, what of them is not of what is seen, and who will see to it. */
  #written = -Infinity;
  #owed: 'nothing' | 'reading' | 'all' = 'nothing';
  #later: ReturnType<typeof setTimeout> | undefined;
  /** Whether the start or the cursor moved while a picture was made. */
  #missed = false;
  readonly #pictured: (() => void)[] = [];
  readonly #said: ((pair: Pair, found: Found) => void)[] = [];
  readonly #rested: (() => void)[] = [];
  readonly #clock = new FlowClock();
  #restTimers: ReturnType<typeof setTimeout>[] = [];

  private constructor(director: Director, state: State) {
    this.#director = director;
    this.#state = state;
    const simulator = new Simulator(new CpuBackend());
    const plane = planeOf(state.plane);
    this.left = new Landscape(byId('left'), simulator, plane);
    this.right = new Landscape(byId('right'), simulator, plane);
  }

  /** @param ready called with the first picture, before the GPU has answered. */
  static async start(state: State, ready: (explorer: Explorer) => void): Promise<Explorer> {
    const explorer = new Explorer(await Director.create(), state);
    const opening = openCanvas();
    // The true field within a blink, coarse and in f64; the GPU sharpens it in place.
    await explorer.#update();
    explorer.#first = false;
    performance.mark('memscape.first');
    ready(explorer);
    explorer.#clock.start(() => {
      // A slow device answers the hand first.
      const answering = explorer.#clock.slow && (explorer.#moving || explorer.#busy);
      // Streaks of a picture that is coming lie over no other.
      const idle = !answering && !explorer.#computing;
      if (explorer.#state.shown.flow && idle) explorer.#drawInk();
    });
    await keepDevice(explorer.#host(), opening);
    performance.mark('memscape.sharp');
    return explorer;
  }

  get state(): State {
    return this.#state;
  }

  get snapshot(): Snapshot {
    const { pair } = this.#director;
    if (!pair) throw new Error('nothing was resolved yet');
    const { view, gpu } = this.left;
    const references = { left: this.left.deep?.from?.reference, right: this.right.deep?.from?.reference };
    return { state: this.#state, pair, scenes: this.#scene(), view, gpu: gpu?.backend, references };
  }

  /** Whether the snapshot is of the state that is set, and not of the one before, whose picture is still seen. */
  get isCurrent(): boolean {
    return this.#scenes !== undefined && this.#director.isOf(this.#scenes, this.#state);
  }

  /** Tells after every picture, for what lies over it. */
  onPicture(pictured: () => void): void {
    this.#pictured.push(pictured);
    if (this.#scenes) pictured();
  }

  /** Tells which problems are seen, and their fixed points, whenever words are written: after every picture, or some of a drag. */
  onWords(said: (pair: Pair, found: Found) => void): void {
    this.#said.push(said);
    const { pair } = this.#director;
    if (pair && this.#scenes) said(pair, this.#scenes.right.search);
  }

  /** Tells whenever a picture is drawn in full and checked: there is time for what may wait. */
  onRest(rested: () => void): void {
    this.#rested.push(rested);
  }

  /** Says what is known of condition (11) by now. */
  judge(side: 'left' | 'right', condition: Condition): void {
    this[side].condition = condition;
    const { pair } = this.#director;
    if (pair) describe(this.left, this.right, this.#scene(), pair, this.#veiled);
  }

  /** The fixed points of a state that is not shown yet. */
  find(state: State): Promise<Found> {
    return this.#director.find(state);
  }

  /** What a view should hold: fixed points in its plane, and the start; the start alone where it must not tell. */
  places(): readonly Point[] {
    if (this.#veiled) return [this.#state.start];
    const { points } = this.#scene().right.search;
    const near = points.filter(({ off }) => off < 1e-6);
    return [...(near.length > 0 ? near : points).map(({ y }) => y), this.#state.start];
  }

  /** Shows a state; `moving` while more changes of the same drag may follow. */
  show(state: State, moving: boolean): void {
    const before = this.#state;
    this.#state = state;
    // A drag begins with a picture; its words come when it lasts.
    if (moving && !this.#moving) this.#written = performance.now();
    this.#moving = moving;
    const { plane, box } = before;
    if (!sameProblems(before, state) || plane !== state.plane || box !== state.box) {
      this.#stirred ||= moving;
      this.refresh();
      return;
    }
    const { layout, map, shown, sight } = state;
    // Fields of another layout have another size; it is on the page before they are asked for.
    if (before.layout !== layout) {
      this.#showLayout();
      return;
    }
    if (before.sight !== sight) {
      this.#arrange();
      this.#mark();
      this.#readOut();
    }
    if (before.shown !== shown || before.map !== map) void this.#dress(state).catch(fail);
    if (before.start !== state.start || before.cursor !== state.cursor) this.#point();
    // The last place of a drag that left its field as it was.
    else if (!moving) this.#pay();
    if (moving || !this.#stirred) return;
    this.#stirred = false;
    this.rest();
  }

  /** Computes and draws everything, now or as soon as what is under way is drawn. */
  refresh(): void {
    setBusy(true);
    this.#asked ??= performance.now();
    if (!this.#busy) void this.#update().catch(fail);
  }

  /** Draws what is computed with the layers and colours of a state, once they are loaded. */
  async #dress(state: State): Promise<void> {
    if (!hasParts(state)) await loadParts(state);
    if (state === this.#state) this.redraw();
  }

  #arrange(): void {
    const state = this.#state;
    const { dataset } = document.documentElement;
    const layout = isCurve(state) ? 'two' : state.layout;
    const changed = dataset.layout !== layout;
    dataset.layout = layout;
    for (const landscape of [this.left, this.right]) {
      landscape.arrange({ ...state, layout });
      if (changed) landscape.measureBoxes();
    }
  }

  #showLayout(): void {
    setBusy(true);
    loadParts(this.#state).then(() => {
      this.#arrange();
      this.refresh();
    }, fail);
  }

  /** The boxes of the page have new sizes. */
  resize(): void {
    this.left.measureBoxes();
    this.right.measureBoxes();
    this.refresh();
  }

  /** The numbers rest: colours ease to their range, the picture is sharpened, measured and checked. */
  rest(): void {
    this.#moving = false;
    // The picture that is under way, if any, ends in the same.
    if (!this.#busy) this.#scheduleRest();
  }

  /** Reads out what a pointer names, or the cursor again. */
  hover(cursor: Cursor | undefined): void {
    this.#hover = cursor;
    this.#point();
  }

  /** Tells a screen reader what is read out; of what is veiled, where it is. */
  announce(): void {
    if (this.#scenes) announce(this.#reading(), this.#veiled);
  }

  /** The start or the cursor has moved: the field stays. */
  #point(): void {
    // The picture that is being made will show it, together with its field.
    this.#missed = this.#computing;
    if (this.#computing) return;
    this.#stage();
    this.#mark();
    // A path that is moved is seen in its strip.
    if (this.#hurried) this.#drawStrips();
    this.#drawInk();
    this.#readOut();
  }

  /** Draws what is computed, e.g. in another theme. */
  redraw(): void {
    this.#palette = readPalette();
    this.#drawFields();
    this.#drawScales();
    this.#mark();
    this.#layStreaks();
    this.#drawInk();
    this.#readOut();
  }

  get veiled(): boolean {
    return this.#veiled;
  }

  /** Draws neither path nor points nor blind spots, and says no verdict, until it is lifted. */
  set veiled(veiled: boolean) {
    this.#veiled = veiled;
    document.documentElement.toggleAttribute('data-veiled', veiled);
    if (!this.#scenes) return;
    this.redraw();
    this.#sayAll();
  }

  get held(): boolean {
    return this.#clock.held;
  }

  set held(held: boolean) {
    this.#clock.held = held;
  }

  async #update(): Promise<void> {
    this.#busy = true;
    try {
      for (let asked = this.#take(); ; asked = this.#take()) {
        try {
          await this.#compute();
          hideRefusal(REFUSED);
          // Not in the task of the move that asked for it: it would hold up the hand for more than 50 ms.
          await inTurns(this.#picture());
          // A picture that is not done yet must not be followed by the next: a slow device would fall behind for good.
          await this.left.gpu?.finished();
        } catch (error) {
          // What is wrong with settings that newer ones have replaced concerns nobody.
          if (!this.#isAsked()) throw error;
          continue;
        }
        if (asked !== undefined) this.#answered(asked);
        if (!this.#isAsked()) break;
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    } finally {
      this.#busy = false;
      this.#computing = false;
      // A picture that failed has written nothing.
      this.#pay();
    }
    this.#scheduleRest();
  }

  /** When the oldest settings that no picture shows were asked for. */
  #take(): number | undefined {
    const asked = this.#asked;
    this.#asked = undefined;
    return asked;
  }

  #isAsked(): boolean {
    return this.#asked !== undefined;
  }

  async #compute(): Promise<void> {
    this.#computing = true;
    // A device that keeps up is never asked for less. Decided before anything is awaited: a key moves and rests at once.
    const effort = this.#first ? 'first' : this.#moving && this.#slow ? 'quick' : 'full';
    const state = this.#state;
    const [{ left, right }] = await Promise.all([this.#director.resolve(state), loadParts(state)]);
    this.#arrange();
    const plane = planeOf(state.plane);
    this.left.look(state.box, plane);
    this.right.look(state.box, plane);
    await Promise.all([this.left.compute(left.problem, effort), this.right.compute(right.problem, effort)]);
    this.#effort = effort;
  }

  /** Makes the picture of the fields that were computed, a piece at a time: all of it is seen at once, and then its words. */
  *#picture(): Generator<undefined, void> {
    const { pair } = this.#director;
    if (!pair) return;
    this.left.present(pair.left.problem);
    this.right.present(pair.right.problem);
    this.#stage();
    yield;
    const scenes = this.#scene();
    for (const side of SIDES) {
      this[side].survey(scenes[side], this.#effort);
      yield;
    }
    // Drawn once in the colours that it will have.
    this.#settled = !this.#moving && this.#easing === 0;
    if (this.#settled) this.#settle(1);
    for (const side of SIDES) {
      yield* this.#layStreaksOf(side);
      yield;
    }
    this.#drawAll(pair);
    this.#owed = 'all';
    // A task of their own for words that are due. A quick picture without any ends here: one task more, and frames come between.
    if (this.#effort !== 'quick' || this.#wait <= 0) yield;
    this.#pay();
  }

  #drawAll({ left, right }: Pair): void {
    this.#computing = false;
    this.#stirred ||= this.#moving;
    if (this.#missed) this.#stage();
    this.#missed = false;
    this.left.frame(left.problem);
    this.right.frame(right.problem);
    this.#drawFields();
    this.#mark();
    this.#drawInk();
    for (const pictured of this.#pictured) pictured();
  }

  /** Sees to it that what the read-out names is written down. */
  #readOut(): void {
    if (this.#owed === 'nothing') this.#owed = 'reading';
    this.#pay();
  }

  /** Writes what is owed: now, with the picture that is being made, or when a software adapter has time for it. */
  #pay(): void {
    if (this.#owed === 'nothing' || this.#computing) return;
    const wait = this.#wait;
    clearTimeout(this.#later);
    if (wait > 0) {
      this.#later = setTimeout(() => {
        this.#pay();
      }, wait);
      return;
    }
    const all = this.#owed === 'all';
    this.#owed = 'nothing';
    this.#written = performance.now();
    showReading(this.#reading());
    if (!all) return;
    this.#drawScales();
    this.#drawStrips();
    this.#sayAll();
  }

  /** Milliseconds before words and numbers are to be written. */
  get #wait(): number {
    return this.#hurried ? this.#written + SLOW_WORDS - performance.now() : 0;
  }

  /** Whether a hand moves and a software adapter paints: no more than the picture, then. */
  get #hurried(): boolean {
    return this.#moving && this.#slow && this.#software;
  }

  #stage(): void {
    this.#scenes = this.#director.scenes(this.#state, this.#hover ?? this.#state.cursor, this.left.view);
  }

  #scene(): Scenes {
    if (!this.#scenes) throw new Error('nothing was staged yet');
    return this.#scenes;
  }

  #drawFields(): void {
    const dark = isDark();
    const { map } = this.#state;
    for (const side of SIDES) this[side].drawField(dark, map, this.#shown);
  }

  #drawScales(): void {
    for (const side of SIDES) this[side].drawScale();
  }

  get #shown(): Shown {
    const { shown } = this.#state;
    return this.#veiled ? { ...shown, points: false, hatch: false, nullclines: false } : shown;
  }

  /** Takes what lies over the fields. Strips wait for the words of a drag where each canvas that changes takes long. */
  #mark(): void {
    const { left, right } = this.#scene();
    const seen = this.#veiled ? veil : (scene: Scene) => scene;
    this.left.mark(seen(left), this.#shown, this.#palette);
    this.right.mark(seen(right), this.#shown, this.#palette);
    if (!this.#hurried) this.#drawStrips();
  }

  #drawStrips(): void {
    for (const side of SIDES) this[side].drawStrip();
  }

  #layStreaks(): void {
    for (const side of SIDES) atOnce(this.#layStreaksOf(side));
  }

  #layStreaksOf(side: 'left' | 'right'): Generator<undefined, void> {
    // Standing ones are laid out in a third of the time, and drift again at rest.
    const drifting = !reducedMotion.matches && this.#effort !== 'quick';
    return this[side].layStreaks(this.#scene()[side], this.#shown, drifting);
  }

  #reading(): CursorReading {
    const { left, right } = this.#scene();
    const read = ({ exact, cursor, reading: state }: typeof left) => ({
      at: cursor,
      state,
      problem: exact.problem,
      reading: exact.read(state),
    });
    return { left: read(left), right: read(right), time: left.time, named: left.named };
  }

  #sayAll(): void {
    const { pair } = this.#director;
    if (!pair) return;
    const scenes = this.#scene();
    describe(this.left, this.right, scenes, pair, this.#veiled);
    for (const said of this.#said) said(pair, scenes.right.search);
    this.#sayFacts(undefined);
  }

  /** Keeps how long the reader waited, and learns from it. */
  #answered(asked: number): void {
    const { duration } = performance.measure('memscape.answer', {
      start: asked,
      detail: { effort: this.#effort },
    });
    if (this.#effort === 'full') this.#slow = duration > PATIENCE;
  }

  #scheduleRest(): void {
    for (const timer of this.#restTimers) clearTimeout(timer);
    this.#restTimers = [];
    if (this.#moving) return;
    this.#ease(performance.now());
    if (this.#effort !== 'full' && !this.#first)
      this.#restTimers.push(
        setTimeout(
          () => {
            this.refresh();
          },
          this.#slow ? SLOW_SHARPEN : REST.sharpen,
        ),
      );
    this.#restTimers.push(setTimeout(() => void this.#check().catch(fail), REST.measure));
  }

  /** Milliseconds of easing: none where every step of it would be late. */
  get #easing(): number {
    return reducedMotion.matches || (this.#slow && this.#software) ? 0 : EASE_MILLISECONDS;
  }

  /** Brings the colours to the range of the landscape as it now is. */
  #ease(from: number): void {
    if (this.#settled) return;
    const calm = this.#scenes ? this.#easing : 0;
    const step = (now: number) => {
      if (this.#moving) return;
      const left = from + calm - now;
      const share = left <= 0 ? 1 : Math.min(1, 40 / (left + 40));
      this.#settle(share);
      this.#drawFields();
      this.#drawScales();
      if (share < 1) requestAnimationFrame(step);
      else {
        this.#settled = true;
        this.#layStreaks();
        this.#drawInk();
      }
    };
    step(calm === 0 ? Infinity : from);
  }

  #settle(share: number): void {
    this.left.settle(share);
    this.right.settle(share);
  }

  async #check(): Promise<void> {
    if (this.#busy || this.#moving) return;
    const { left } = this.#scene();
    const found = await measure(this.left, this.left.seen(left).exact, () => this.#busy);
    // Numbers of a picture that is gone are worth nothing.
    if (!found || left.exact !== this.#scenes?.left.exact) return;
    this.#sayFacts(found);
    setBusy(false);
    for (const rested of this.#rested) rested();
  }

  #sayFacts(found: Awaited<ReturnType<typeof measure>> | undefined): void {
    if (document.documentElement.dataset.lost === undefined) this.#sayDevice();
    showFacts({
      name: this.left.isCurve ? 'CPU, f64' : this.#name,
      software: this.#software && !this.left.isCurve,
      ...this.left.resolution,
      milliseconds: found?.milliseconds,
      check: found?.check,
      deep: deepWords(this.left, this.right),
      samples: (this.left.scan?.samples ?? 0) + (this.right.scan?.samples ?? 0),
    });
  }

  /** Draws on the GPU, or on the CPU, from the next picture on. */
  async #adopt(gpu: GpuCanvas | undefined): Promise<void> {
    setBusy(true);
    // What is under way ends with an error or a picture; both come to an end.
    while (this.#busy) await new Promise((resolve) => setTimeout(resolve, 20));
    this.left.useGpu(gpu);
    this.right.useGpu(gpu);
    const { name, software } = gpu?.backend.info ?? { name: 'CPU, f64', software: false };
    this.#name = name;
    this.#software = software;
    this.#clock.slow = software || !gpu;
    document.documentElement.toggleAttribute('data-software', this.#clock.slow);
    await this.#update();
    document.documentElement.dataset.painter = gpu ? 'gpu' : 'cpu';
    delete document.documentElement.dataset.lost;
  }

  /** Keeps what is true of fields; a curve is another matter. */
  #tell(sentence: string, care = false): void {
    this.#device = { sentence, care };
    this.#sayDevice();
  }

  #sayDevice(): void {
    const { sentence, care } = this.left.isCurve ? CURVE : this.#device;
    if (sentence !== '') showStatus(sentence, care);
  }

  #host(): DeviceHost {
    return {
      useGpu: async (gpu) => {
        await this.#adopt(gpu);
        this.#tell(
          'Drawn straight from the buffer that the kernels of memscape wrote; nothing is read back to draw.',
        );
      },
      useCpu: async (reason) => {
        await this.#adopt(undefined);
        this.#tell(`${reason} The CPU computes the same page in f64, with fewer points.`, true);
      },
      // The last picture greys, and comes back alone.
      lost: (message) => {
        document.documentElement.dataset.lost = '';
        showStatus(`The GPU was lost${message === '' ? '' : ` (${message})`}. Opening it again.`, true);
      },
      failed: showFailure,
    };
  }

  #drawInk(): void {
    this.left.drawInk(this.#clock.seconds);
    this.right.drawInk(this.#clock.seconds);
  }
}

/** Tells the page, and whoever tests it, whether the picture is still to be drawn, measured or checked. */
function setBusy(busy: boolean): void {
  document.documentElement.toggleAttribute('data-busy', busy);
}

/** What no picture could be made of is refused until one is; so is a model that a file would have been. */
const REFUSED = 'model-';

/** Errors of a device that is being opened again say nothing new; a network that cannot be drawn leaves the last one. */
function fail(error: unknown): void {
  setBusy(false);
  if (error instanceof MemscapeError && error.exitCode !== 5) showRefusal(error, REFUSED);
  else if (document.documentElement.dataset.lost === undefined) showFailure(error);
}

export function showFailure(error: unknown): void {
  console.error(error);
  showStatus(
    `Something failed: ${error instanceof Error ? error.message : String(error)}. Reload the page.`,
    true,
  );
}
