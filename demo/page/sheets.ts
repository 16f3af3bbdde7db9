/** On narrow screens the groups of the inspector are sheets, one open at a time. */
export function startSheets(changed: () => void): void {
  const root = document.documentElement;
  // A sheet with the table open would cover a landscape.
  if (matchMedia('(max-width: 760px)').matches)
    document.querySelector('#table details')?.removeAttribute('open');
  const buttons = [...document.querySelectorAll<HTMLButtonElement>('[data-sheet]')];
  const open = (name: string | undefined) => {
    if (name === undefined) delete root.dataset.open;
    else root.dataset.open = name;
    for (const button of buttons) button.setAttribute('aria-expanded', String(button.dataset.sheet === name));
    changed();
  };
  for (const button of buttons)
    button.addEventListener('click', () => {
      open(root.dataset.open === button.dataset.sheet ? undefined : button.dataset.sheet);
    });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && root.dataset.open !== undefined) open(undefined);
  });
}
