/** Signs of a text that was written for terminals, as they are printed: |y| <= 1 and W^T. */
export const typeset = (text: string): string =>
  text
    .replaceAll('<->', '↔')
    .replaceAll('->', '→')
    .replaceAll('<=', '≤')
    .replaceAll('>=', '≥')
    .replaceAll('^T', 'ᵀ')
    .replaceAll('^2', '²')
    .replaceAll(' - ', ' − ')
    .replace(/(?<=[\s(=[,]|^)-(?=\d)/g, '−');
