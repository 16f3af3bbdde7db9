/** What was, what is, what was undone. A drag is one step: states that move replace each other until one rests. */
export class History<T> {
  readonly #past: T[] = [];
  readonly #future: T[] = [];
  #present: T;
  /** Where the change began that has not come to rest. */
  #before: T | undefined;
  /** Steps that are kept. */
  readonly #most: number;

  constructor(first: T, most = 200) {
    this.#present = first;
    this.#most = most;
  }

  get present(): T {
    return this.#present;
  }

  get canUndo(): boolean {
    return this.#past.length > 0 || this.#before !== undefined;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** The next state of a change that may go on. */
  move(state: T): void {
    this.#before ??= this.#present;
    this.#present = state;
  }

  /** The change that moved has come to rest: it is one step from now on. */
  rest(): void {
    const before = this.#before;
    this.#before = undefined;
    if (before === undefined || before === this.#present) return;
    this.#past.push(before);
    if (this.#past.length > this.#most) this.#past.shift();
    this.#future.length = 0;
  }

  undo(): boolean {
    this.rest();
    return this.#go(this.#past, this.#future);
  }

  redo(): boolean {
    this.rest();
    return this.#go(this.#future, this.#past);
  }

  #go(from: T[], to: T[]): boolean {
    const next = from.pop();
    if (next === undefined) return false;
    to.push(this.#present);
    this.#present = next;
    return true;
  }
}
