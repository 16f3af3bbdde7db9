import katex from 'katex';
import type { Plugin } from 'vite';

/**
 * Formulas of pages, typeset while they are built: `<m>TeX</m>` within a line, `<m-block>TeX</m-block>` on a line of
 * its own, both as MathML, which browsers draw and screen readers read with no script and no font of ours.
 *
 * KaTeX, as its TeX is the one that authors know, and its MathML carries no style attribute, which the pages' security
 * policy would refuse (Temml's does). 0.17 is its last release whose own dependencies run on Node 20. Formulas are
 * checked here: an unknown command ends the build.
 */
export function typesetFormulas(): Plugin {
  return {
    name: 'memscape:typeset-formulas',
    transformIndexHtml: {
      order: 'pre',
      handler: (html) => {
        const done = html.replace(/<(m|m-block)\s*>([^<]*)<\/\1\s*>/g, (_, tag: string, tex: string) =>
          tag === 'm' ? typeset(unescape(tex)) : `<div class="formula">${typeset(unescape(tex), true)}</div>`,
        );
        const left = /<\/?m(-block)?[\s>][^<]*/.exec(done);
        if (left) throw new RangeError(`a formula was not typeset: ${left[0]}`);
        return done;
      },
    },
  };
}

/** MathML of a formula. @throws ParseError of KaTeX where it is none. */
export function typeset(tex: string, block = false): string {
  const whole = katex.renderToString(tex, { output: 'mathml', displayMode: block, strict: 'error' });
  // The source that KaTeX adds would be read out twice, and is half of the size.
  const math = /<math.*<\/math>/s.exec(whole)?.[0] ?? '';
  return math
    .replace(/<annotation.*?<\/annotation>/s, '')
    .replace(/<\/?semantics>/g, '')
    .replace(' xmlns="http://www.w3.org/1998/Math/MathML"', '');
}

const unescape = (html: string) =>
  html.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&').replace(/\s+/g, ' ').trim();
