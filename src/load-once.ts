/**
 * What `load` gave at the first call; asked again only after a failure, e.g. of a network. A browser takes a task of its
 * own for every `import()`, even of what it has: five milliseconds of every move of a slider, measured.
 */
export function loadOnce<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
}
