/** The hand and the clock of a moving slice: a native slider, a button that plays, and what reduced motion makes of it. */
import { reducedMotion } from '../flow-clock.js';
import { byId, find, fixed } from './text.js';

/** Seconds of a whole way there and back. */
const PERIOD = 14;
/** Under reduced motion playing goes in steps: a twelfth of the way, once a second. */
const STILL = { milliseconds: 1000, phase: Math.PI / 12 } as const;
/** A tab that was away goes on where it was. */
const LONGEST_STEP = 100;

export class Sweep {
  readonly #input = find(document, '#q', HTMLInputElement);
  readonly #button = byId('play');
  readonly #moved: () => void;
  #playing = false;
  /** q = low + (high - low) (1 - cos phase)/2: slow at both ends, where it turns. */
  #phase = 0;
  #last = 0;

  /** @param moved called whenever q has changed. */
  constructor(moved: () => void) {
    this.#moved = moved;
    this.#input.addEventListener('input', () => {
      this.play(false);
      this.#take();
      moved();
    });
    this.#button.addEventListener('click', () => {
      this.play(!this.#playing);
    });
    this.#take();
    const step = (now: number) => {
      requestAnimationFrame(step);
      this.#step(now);
    };
    requestAnimationFrame(step);
  }

  get q(): number {
    return this.#input.valueAsNumber;
  }

  get playing(): boolean {
    return this.#playing;
  }

  play(playing: boolean): void {
    if (playing && !this.#playing) this.#last = performance.now();
    this.#playing = playing;
    this.#button.setAttribute('aria-pressed', String(playing));
    this.#moved();
  }

  /** Goes on from where the hand left the slider, in the direction it went before. */
  #take(): void {
    const { min, max } = this.#input;
    const share = (this.q - Number(min)) / (Number(max) - Number(min));
    const phase = Math.acos(Math.min(1, Math.max(-1, 1 - 2 * share)));
    this.#phase = this.#phase % (2 * Math.PI) > Math.PI ? 2 * Math.PI - phase : phase;
    this.#say();
  }

  #step(now: number): void {
    if (!this.#playing || document.hidden) return;
    const since = now - this.#last;
    if (reducedMotion.matches && since < STILL.milliseconds) return;
    this.#last = now;
    this.#phase += reducedMotion.matches
      ? STILL.phase
      : (Math.min(since, LONGEST_STEP) / 1000 / PERIOD) * 2 * Math.PI;
    const [low, high] = [Number(this.#input.min), Number(this.#input.max)];
    this.#input.value = String(low + ((high - low) * (1 - Math.cos(this.#phase))) / 2);
    this.#say();
    this.#moved();
  }

  #say(): void {
    byId('q-value').textContent = fixed(this.q, 2);
  }
}
