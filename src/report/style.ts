/**
 * The style of the page: the tokens of the project, the rules of a report, and the inks of figures. Figures are drawn for
 * white paper (figure/theme.ts); here their inks follow the theme, so that they are at home in the dark too.
 */
import { COLOUR } from '../figure/theme.js';

const sheets = {
  ...import.meta.glob('./tokens.css', { query: '?raw', import: 'default', eager: true }),
  ...import.meta.glob('./report.css', { query: '?raw', import: 'default', eager: true }),
};

/** Colours of words, axes and verdicts in figures, and the tokens that they are. Colours of fields stay. */
const INKS = {
  ink: '--ink',
  ink2: '--ink-2',
  ink3: '--ink-3',
  rule: '--rule',
  ruleStrong: '--rule-strong',
  blind: '--blind',
  certified: '--certified',
  caution: '--caution',
} as const;

function inks(): string {
  const rules = Object.entries(INKS).flatMap(([name, token]) => {
    const colour = COLOUR[name as keyof typeof INKS];
    return ['fill', 'stroke'].map((what) => `figure > svg [${what}='${colour}'] { ${what}: var(${token}); }`);
  });
  return [`figure > svg > rect[fill='${COLOUR.paper}'] { fill: var(--panel); }`, ...rules].join('\n');
}

/** All rules of the page. */
export const styles = (): string => `${Object.values(sheets).map(String).join('\n')}\n${inks()}\n`;
