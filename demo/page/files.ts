/** Files of the reader's own: dropped anywhere on the page, or chosen with a button. */
import { byId, find } from './text.js';

export function startFiles(openFiles: (files: readonly File[]) => void): void {
  const picker = find(document, '#files', HTMLInputElement);
  byId('open').addEventListener('click', () => {
    picker.click();
  });
  picker.addEventListener('change', () => {
    const files = [...(picker.files ?? [])];
    picker.value = '';
    if (files.length > 0) openFiles(files);
  });
  watchDrops(openFiles);
}

function watchDrops(openFiles: (files: readonly File[]) => void): void {
  const root = document.documentElement;
  const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
  document.addEventListener('dragover', (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    root.dataset.dropping = '';
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) delete root.dataset.dropping;
  });
  document.addEventListener('drop', (event) => {
    delete root.dataset.dropping;
    if (!holdsFiles(event)) return;
    event.preventDefault();
    openFiles([...(event.dataTransfer?.files ?? [])]);
  });
}
