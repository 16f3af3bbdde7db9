/** What was refused: one sentence what, one why, one that mends, and a button that puts it away. The page goes on. */
import type { MemscapeError } from '../library.js';
import { byId, sentence } from './text.js';

let shown = '';

/** @param as the code by which it can be put away, if it is not its own. */
export function showRefusal(
  { code, what, why, mend }: Pick<MemscapeError, 'code' | 'what' | 'why' | 'mend'>,
  as = code,
): void {
  shown = as;
  const part = (name: string, text: string) => {
    byId(`refusal-${name}`).textContent = sentence(text);
  };
  part('what', what);
  part('why', why);
  part('mend', mend);
  byId('refusal').hidden = false;
}

/** Puts away a refusal whose code begins like this, or any. */
export function hideRefusal(beginning = ''): void {
  if (!shown.startsWith(beginning)) return;
  shown = '';
  byId('refusal').hidden = true;
}

export function startRefusal(): void {
  byId('refusal-close').addEventListener('click', () => {
    hideRefusal();
  });
}
