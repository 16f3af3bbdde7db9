/** The one state that the page shows, and who wants to know when it changes. */
import { History } from './history.js';
import type { State } from './state.js';

/** @param moving whether more changes of the same drag may follow. */
export type Listener = (state: State, moving: boolean) => void;

export class Session {
  readonly #history: History<State>;
  readonly #listeners: Listener[] = [];
  readonly #followers: Listener[] = [];
  /** Whether something moved that followers do not know of yet. */
  #ahead = false;

  constructor(first: State) {
    this.#history = new History(first);
  }

  get state(): State {
    return this.#history.present;
  }

  get canUndo(): boolean {
    return this.#history.canUndo;
  }

  get canRedo(): boolean {
    return this.#history.canRedo;
  }

  listen(listener: Listener): void {
    this.#listeners.push(listener);
  }

  /**
   * Listens to a drag at the pace of the pictures: a page that is painted anew for every move keeps a slow device from the
   * picture, and a number shall be of the state that is seen.
   */
  follow(follower: Listener): void {
    this.#followers.push(follower);
  }

  /** The state of some moves ago is seen by now. */
  pictured(): void {
    if (!this.#ahead) return;
    this.#ahead = false;
    for (const follower of this.#followers) follower(this.state, true);
  }

  /** One of many changes; `rest` makes a step of them. */
  move(state: State): void {
    this.#history.move(state);
    this.#tell(true);
  }

  rest(): void {
    this.#history.rest();
    this.#tell(false);
  }

  /** A change that is a step of its own. */
  set(state: State): void {
    this.#history.rest();
    this.#history.move(state);
    this.rest();
  }

  undo(): void {
    if (this.#history.undo()) this.#tell(false);
  }

  redo(): void {
    if (this.#history.redo()) this.#tell(false);
  }

  #tell(moving: boolean): void {
    this.#ahead = moving;
    for (const listener of this.#listeners) listener(this.state, moving);
    if (!moving) for (const follower of this.#followers) follower(this.state, moving);
  }
}
