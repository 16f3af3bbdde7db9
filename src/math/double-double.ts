/**
 * Sums of products as if in twice the precision of f64 (T. Ogita, S. Rump, S. Oishi, "Accurate sum and dot product",
 * SIAM J. Sci. Comput. 26 (2005) 1955): residuals of linear systems, where nearly everything cancels. Exact while no
 * factor exceeds 2^996 and no product underflows.
 */

/** 2^27 + 1 splits an f64 into two halves of 26 bits. */
const SPLITTER = 134217729;

/** A running sum: `value()` is rounded once from twice the precision. */
export class Accumulator {
  #sum = 0;
  #error = 0;

  clear(): void {
    this.#sum = 0;
    this.#error = 0;
  }

  /** Adds a. */
  add(a: number): void {
    const sum = this.#sum + a;
    const part = sum - this.#sum;
    this.#error += this.#sum - (sum - part) + (a - part);
    this.#sum = sum;
  }

  /** Adds a b. */
  addProduct(a: number, b: number): void {
    const product = a * b;
    const [aHigh, bHigh] = [high(a), high(b)];
    const [aLow, bLow] = [a - aHigh, b - bHigh];
    this.add(product);
    this.#error += aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
  }

  value(): number {
    return this.#sum + this.#error;
  }

  /** What `value()` leaves out. */
  rest(): number {
    return this.#sum - this.value() + this.#error;
  }
}

function high(a: number): number {
  const scaled = SPLITTER * a;
  return scaled - (scaled - a);
}
