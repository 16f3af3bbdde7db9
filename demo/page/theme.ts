/** Light or dark: the system decides until the reader does; the choice is kept where storage is allowed. */
import { byId } from './text.js';

const KEY = 'memscape-theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export function isDark(): boolean {
  const { theme } = document.documentElement.dataset;
  return theme === undefined ? dark.matches : theme === 'dark';
}

/** Whether what is drawn now is copied for a printer. */
export const isPrinting = (): boolean => 'printing' in document.documentElement.dataset;

export function startTheme(changed: () => void): void {
  const button = byId('theme');
  const show = () => {
    button.setAttribute('aria-pressed', String(isDark()));
    changed();
  };
  const known = stored();
  if (known === 'light' || known === 'dark') document.documentElement.dataset.theme = known;
  button.setAttribute('aria-pressed', String(isDark()));
  dark.addEventListener('change', show);
  const toggle = () => {
    const next = isDark() ? 'light' : 'dark';
    document.documentElement.dataset.theme = next;
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // A page without storage forgets the choice, nothing more.
    }
    show();
  };
  for (const control of [button, ...document.querySelectorAll('[data-theme-too]')])
    control.addEventListener('click', toggle);
}
