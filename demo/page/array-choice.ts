/** Which of several arrays is W, and which b: two lists under the bar. The page beneath goes on. */
import { biasesFor, type ArrayChoice, type ArrayOffer, type FoundArray } from '../model/dropped.js';

const optionOf = ({ label, shape }: FoundArray, k: number) =>
  new Option(`${label} (${shape.join(' × ')})`, String(k));

let putAway: (() => void) | undefined;

/** Asks; a later question, Esc or `Put away` answers with undefined. */
export function askForArrays(offer: ArrayOffer): Promise<ArrayChoice | undefined> {
  putAway?.();
  const strip = document.createElement('section');
  strip.className = 'array-choice';
  strip.setAttribute('aria-label', 'Which arrays to open');
  const pick = (words: string) => {
    const [label, select] = [document.createElement('label'), document.createElement('select')];
    label.append(words, select);
    return { label, select };
  };
  const button = (className: string, textContent: string) =>
    Object.assign(document.createElement('button'), { type: 'button', className, textContent });
  const [weights, bias] = [pick('W '), pick('b ')];
  const [open, close] = [button('mainbtn', 'Open'), button('textbtn', 'Put away')];
  const words = Object.assign(document.createElement('p'), {
    textContent: 'Several arrays fit. relu and eq. 1 are assumed; both can be changed afterwards.',
  });
  strip.append(words, weights.label, bias.label, open, close);
  weights.select.append(...offer.matrices.map(optionOf));
  const chosen = () => offer.matrices[weights.select.selectedIndex];
  const showBiases = () => {
    bias.select.replaceChildren(new Option('zero', ''), ...biasesFor(offer, chosen()).map(optionOf));
    bias.select.selectedIndex = bias.select.length > 1 ? 1 : 0;
  };
  weights.select.addEventListener('change', showBiases);
  showBiases();
  document.querySelector('.bar')?.after(strip);
  weights.select.focus();
  return new Promise((resolve) => {
    const end = (choice: ArrayChoice | undefined) => {
      strip.remove();
      putAway = undefined;
      resolve(choice);
    };
    putAway = () => {
      end(undefined);
    };
    close.addEventListener('click', putAway);
    strip.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') end(undefined);
    });
    open.addEventListener('click', () => {
      const at = bias.select.selectedIndex - 1;
      const own = biasesFor(offer, chosen());
      end({ weights: chosen(), ...(at >= 0 ? { bias: own[at] } : {}) });
    });
  });
}
