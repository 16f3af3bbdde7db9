/**
 * The network of dropped files. A model file says what the arrays beside it mean. Arrays alone (.npy, .safetensors) become one
 * layer of relu neurons under eq. 1: a square matrix is W, a vector of its length b; where several fit, the reader is asked.
 * The library reads and refuses everything; nothing leaves the page.
 */
import { MemscapeError, openSafetensors, readModel, readNpy, type Model } from '../library.js';
import { stateOf } from '../state/model.js';
import { readState } from '../state/read.js';
import { MOST_NEURONS, type State } from '../state/state.js';

/** A file as a browser has it. */
export interface Dropped {
  readonly name: string;
  readonly size: number;
  readonly arrayBuffer: () => Promise<ArrayBuffer>;
}

/** An array that may be W or b. */
export interface FoundArray {
  /** The file, and the tensor in it. */
  readonly label: string;
  readonly shape: readonly number[];
  readonly read: () => Float64Array;
}

/** What fits: `biases` of any length, to be matched with the matrix that is chosen. */
export interface ArrayOffer {
  readonly matrices: readonly FoundArray[];
  readonly biases: readonly FoundArray[];
}

export interface ArrayChoice {
  readonly weights: FoundArray;
  /** Zero where there is none. */
  readonly bias?: FoundArray;
}

/** What was opened. */
export interface Opened {
  readonly state: State;
  /** Whether its view is to be kept, not fitted to its fixed points. */
  readonly hasView: boolean;
}

/** Asks the reader; undefined if nothing is wanted any more. */
export type Choose = (offer: ArrayOffer) => Promise<ArrayChoice | undefined>;

/** Files of this many bytes are no small network. */
const MOST_BYTES = 64 * 2 ** 20;
/** Names in a message. */
const SHOWN = 6;

const stem = (name: string) => name.replace(/\.[^.]*$/, '');
const isKind = (kind: string, { name }: Dropped) => name.toLowerCase().endsWith(kind);

/** The biases that fit a matrix. */
export const biasesFor = ({ biases }: ArrayOffer, { shape }: FoundArray): FoundArray[] =>
  biases.filter((bias) => bias.shape[0] === shape[0]);

/**
 * The state of dropped files; undefined if the reader chose none of the arrays.
 * @throws MemscapeError (exit 2 or 3) saying what, why and the mend.
 */
export async function readDropped(files: readonly Dropped[], choose: Choose): Promise<Opened | undefined> {
  for (const file of files) if (file.size > MOST_BYTES) refuseSize(file);
  const models = files.filter((file) => isKind('.json', file));
  const arrays = files.filter((file) => isKind('.npy', file) || isKind('.safetensors', file));
  if (models.length > 1 || (models.length === 0 && arrays.length === 0)) refuseFiles(files, models.length);
  if (models.length === 1) return readJson(models[0], files);
  const choice = await choiceOf(
    offerOf(await Promise.all(arrays.map(arraysIn)).then((all) => all.flat())),
    choose,
  );
  return choice && { state: stateOf(await modelFrom(choice, stem(arrays[0].name))), hasView: false };
}

async function readJson(file: Dropped, files: readonly Dropped[]): Promise<Opened> {
  const text = new TextDecoder().decode(await file.arrayBuffer());
  const view = viewIn(text);
  if (view !== undefined) return { state: readState(view), hasView: true };
  const model = await readModel(text, (path) => beside(path, files), { name: stem(file.name) });
  return { state: stateOf(model), hasView: false };
}

/** The state in a JSON file of the Export panel; undefined for model files and for what is no JSON. */
function viewIn(text: string): unknown {
  try {
    const value = JSON.parse(text) as { format?: unknown; state?: unknown } | null;
    return value?.format === 'memscape-view/1' ? value.state : undefined;
  } catch {
    return undefined;
  }
}

async function beside(path: string, files: readonly Dropped[]): Promise<Uint8Array> {
  const name = path.replace(/^.*\//, '');
  const file = files.find((other) => other.name === name);
  if (!file)
    throw new MemscapeError({
      code: 'drop-missing',
      what: `the model names "${path}", which was not dropped with it`,
      why: 'a page sees only the files that it is given.',
      mend: `drop the model and ${name} together.`,
      exitCode: 3,
    });
  return new Uint8Array(await file.arrayBuffer());
}

async function arraysIn(file: Dropped): Promise<FoundArray[]> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (isKind('.npy', file)) {
    const { shape, data } = readNpy(bytes, { label: file.name });
    return [{ label: file.name, shape, read: () => Float64Array.from(data) }];
  }
  const tensors = openSafetensors(bytes, { label: file.name });
  return tensors.names.map((name) => ({
    label: `${name} in ${file.name}`,
    shape: tensors.shapeOf(name),
    read: () => tensors.read(name).data,
  }));
}

function offerOf(arrays: readonly FoundArray[]): ArrayOffer {
  const matrices = arrays.filter(
    ({ shape: [rows, columns, ...more] }) =>
      more.length === 0 && rows === columns && rows >= 1 && rows <= MOST_NEURONS,
  );
  if (matrices.length > 0) return { matrices, biases: arrays.filter(({ shape }) => shape.length === 1) };
  const list = arrays
    .slice(0, SHOWN)
    .map(({ label, shape }) => `${label} (${shape.length === 0 ? 'one number' : shape.join(' x ')})`);
  const more = arrays.length > SHOWN ? `, and ${String(arrays.length - SHOWN)} more` : '';
  throw new MemscapeError({
    code: 'drop-shape',
    what: `expected a square matrix of 1 to ${String(MOST_NEURONS)} rows, found ${list.join(', ')}${more}`,
    why: 'W has a row and a column for each neuron, and this page takes small networks.',
    mend: 'drop W, or a model file that says how arrays make up its blocks; larger networks: memscape field MODEL.',
    exitCode: 3,
  });
}

async function choiceOf(offer: ArrayOffer, choose: Choose): Promise<ArrayChoice | undefined> {
  const [weights] = offer.matrices;
  const biases = biasesFor(offer, weights);
  if (offer.matrices.length > 1 || biases.length > 1) return choose(offer);
  if (biases.length === 0) {
    // A vector that was dropped with W and does not fit is a mistake, not a thing to leave out in silence.
    if (offer.biases.length === 1 && offer.matrices.length === 1) refuseBias(offer.biases[0], weights);
    return { weights };
  }
  return { weights, bias: biases[0] };
}

function modelFrom({ weights, bias }: ArrayChoice, name: string): Promise<Model> {
  const n = weights.shape[0];
  const data = weights.read();
  return readModel({
    format: 'memscape-model/1',
    name,
    layers: [{ name: 'x', size: n, activation: 'relu' }],
    weights: Array.from({ length: n }, (_, i) => [...data.subarray(i * n, (i + 1) * n)]),
    ...(bias ? { bias: [...bias.read()] } : {}),
    dynamics: { equation: 1 },
    energy: { equation: 14 },
  });
}

function refuseFiles(files: readonly Dropped[], models: number): never {
  throw new MemscapeError({
    code: 'drop-files',
    what: `expected one model file (.json), or arrays (.npy, .safetensors); found ${models === 0 ? 'none' : `${String(models)} model files`} among ${files.map(({ name }) => name).join(', ')}`,
    why: 'a model file says what the arrays beside it mean.',
    mend: 'drop one .json file together with the files that it names, or W alone, or W and b.',
    exitCode: 3,
  });
}

function refuseBias(bias: FoundArray, weights: FoundArray): never {
  throw new MemscapeError({
    code: 'drop-shape',
    what: `${bias.label} has ${String(bias.shape[0])} numbers, W in ${weights.label} has ${String(weights.shape[0])} rows`,
    why: 'b has one number for each neuron.',
    mend: 'drop W alone, or with a b of its length.',
    exitCode: 3,
  });
}

function refuseSize({ name, size }: Dropped): never {
  throw new MemscapeError({
    code: 'drop-size',
    what: `${name} has ${String(Math.round(size / 2 ** 20))} MiB`,
    why: `this page opens networks of up to ${String(MOST_NEURONS)} neurons.`,
    mend: 'open it with the command line: memscape report MODEL.',
    exitCode: 3,
  });
}
