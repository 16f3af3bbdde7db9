/** The model files of the repository, as the menu offers them, and the files that lie beside them. */
import tensors from '../../models/mlp-state-dict.safetensors?url&no-inline';

const texts = import.meta.glob('../../models/*.json', {
  query: '?raw',
  import: 'default',
  eager: true,
}) as Readonly<Record<string, string>>;

/** Files beside models that are small enough for a page. */
const FILES: Readonly<Record<string, string>> = { 'mlp-state-dict.safetensors': tensors };

export interface Offer {
  readonly name: string;
  readonly text: string;
  readonly neurons: number;
}

/** Files that show the same network as another one. */
const DOUBLES = ['winner-take-all-krotov-hopfield'];

export const OFFERS: readonly Offer[] = Object.entries(texts)
  .map(([path, text]): Offer => {
    const { layers } = JSON.parse(text) as { layers: { size: number }[] };
    const name = path.replace(/^.*\/|\.json$/g, '');
    return { name, text, neurons: layers.reduce((sum, { size }) => sum + size, 0) };
  })
  .filter(({ name }) => !DOUBLES.includes(name))
  .sort((a, b) => a.neurons - b.neurons || a.name.localeCompare(b.name));

/** Bytes of a file beside a model of the menu. */
export async function besideModels(path: string): Promise<Uint8Array> {
  const url = FILES[path] as string | undefined;
  if (url === undefined) throw new RangeError(`${path} is not part of the page`);
  const response = await fetch(url);
  if (!response.ok) throw new RangeError(`${path} could not be fetched: ${String(response.status)}`);
  return new Uint8Array(await response.arrayBuffer());
}
