declare module 'wgsl-preprocessor/wgsl-preprocessor.js' {
  export function wgsl(strings: readonly string[], ...values: readonly unknown[]): string;
}

interface ImportMeta {
  /** Modules to be loaded, by their paths. */
  glob(patterns: readonly string[]): Record<string, () => Promise<unknown>>;
  glob(
    pattern: string | readonly string[],
    options: { readonly query: '?raw'; readonly import: 'default'; readonly eager: true },
  ): Record<string, unknown>;
}
