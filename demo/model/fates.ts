/** What becomes of the memories of one motion under another: R moves no zero of r, but it decides which are stable. */
import type { FoundPoint } from './memories.js';

/** A steady state under both motions; undefined where one of them was not seen to have it. */
interface Fate<Point extends FoundPoint = FoundPoint> {
  readonly before: Point | undefined;
  readonly after: Point | undefined;
}

export interface Fates<Point extends FoundPoint = FoundPoint> {
  readonly kept: readonly Fate<Point>[];
  readonly lost: readonly Fate<Point>[];
  readonly added: readonly Fate<Point>[];
}

const SAME = 1e-6;

/** The same steady state among others, whatever it is called there. */
export const twinOf = <Point extends FoundPoint>(
  { state }: FoundPoint,
  others: readonly Point[],
): Point | undefined =>
  others.find(
    (other) => Math.hypot(...state.map((v, k) => v - other.state[k])) < SAME * (1 + Math.hypot(...state)),
  );

const isMemory = (point: FoundPoint | undefined): boolean => point?.kind === 'stable';

export function fates<Point extends FoundPoint>(
  before: readonly Point[],
  after: readonly Point[],
): Fates<Point> {
  const old = before.filter(isMemory).map((point) => ({ before: point, after: twinOf(point, after) }));
  const now = after.filter(isMemory).map((point) => ({ before: twinOf(point, before), after: point }));
  return {
    kept: old.filter((fate) => isMemory(fate.after)),
    lost: old.filter((fate) => !isMemory(fate.after)),
    added: now.filter((fate) => !isMemory(fate.before)),
  };
}

const listed = (names: readonly string[]): string =>
  names.length > 6
    ? `${names.slice(0, 6).join(', ')} and ${String(names.length - 6)} more`
    : names.length > 1
      ? `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`
      : (names[0] ?? 'none');

/** A name, and the other that it has where R is another. */
const called = (name: string | undefined, where: string, other: string | undefined): string =>
  other === undefined || other === name ? (name ?? '') : `${name ?? ''} (${where} ${other})`;

/** In a sentence: names are those of the column where the point is a memory. */
export function fatesText({ kept, lost, added }: Fates): string {
  const count = kept.length + lost.length;
  const all =
    count === 0
      ? 'R = I has no memory here'
      : `Of the ${count === 1 ? 'memory' : `${String(count)} memories`} of R = I`;
  const keeps = listed(kept.map(({ before, after }) => called(before?.name, 'now', after?.name)));
  const loses = listed(lost.map(({ before, after }) => called(before?.name, 'now', after?.name)));
  const adds = listed(added.map(({ before, after }) => called(after?.name, 'before', before?.name)));
  return count === 0
    ? `${all}, and this R adds ${adds}.`
    : `${all} this R keeps ${keeps}, loses ${loses} and adds ${adds}.`;
}
