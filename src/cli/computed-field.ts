/**
 * The numbers of `field`, computed in one of two ways: small fields in memory, to be written with everything else; large
 * ones tile by tile into files, of which only a picture's worth of samples is kept.
 */
import { MemscapeError } from '../errors.js';
import { resampled } from '../figures/slice.js';
import type { Tally } from '../figures/tally.js';
import { count } from '../figures/words.js';
import { makeFolder } from '../io/files.node.js';
import type { Problem } from '../model/problem.js';
import { writeNpy } from '../node.js';
import type { Field, FieldFacts } from '../simulator.js';
import type { Earlier } from '../stream/earlier.node.js';
import { FileSink } from '../stream/files.node.js';
import { MemorySink } from '../stream/memory.js';
import { PickSink } from '../stream/pick.js';
import { rangeOf, RangeSink, type ValueRange } from '../stream/range.js';
import type { StreamPart, TileSink } from '../stream/sink.js';
import type { Grid, Quantity } from '../types.js';
import type { Reference } from '../wgsl/reference.js';
import { bytesOfFiles, durationWords, plannedSeconds, refuseFull, sizeWords, sumOf } from './estimate.js';
import type { Outputs } from './outputs.js';
import { version } from './provenance.js';
import type { Session } from './session.js';

/** What is to be computed. */
export interface FieldTask {
  readonly problem: Problem;
  readonly grid: Grid;
  readonly quantities: readonly Quantity[];
  /** From which energies are measured. */
  readonly reference?: Reference;
  readonly folder: string;
  readonly force: boolean;
  /** What an earlier run left, to go on from. */
  readonly earlier?: Earlier;
  /** See the tiles as they pass. */
  readonly sinks?: readonly TileSink[];
}

/** A computed field. */
export interface ComputedField {
  readonly facts: ReadonlyMap<Quantity, FieldFacts & ValueRange>;
  /** What pictures are drawn from: the field itself, or samples of it on a coarser grid. */
  readonly shown: ReadonlyMap<Quantity, { readonly grid: Grid; readonly field: Field }>;
  /** Puts the arrays in their places, or among the outputs; returns those that are in their places. */
  publish(outputs: Outputs): Promise<string[]>;
  /** After everything was written. */
  end(): Promise<void>;
  /** After a failure: an error that says what is kept, or the error as it is. */
  abandon(error: unknown): Promise<unknown>;
}

export async function inMemory({ sinks = [], ...task }: FieldTask, tally: Tally): Promise<ComputedField> {
  const { grid } = task;
  const memory = new MemorySink();
  const { fields } = await tally.stream(requestOf(task), [memory, ...sinks]);
  const entries = [...fields].map(([quantity, facts]): [Quantity, Field] => {
    const data = memory.arrays.get(quantity);
    if (!data) throw new RangeError(`no tile of '${quantity}' was computed`);
    return [quantity, { ...facts, data }];
  });
  return {
    facts: new Map(entries.map(([quantity, field]) => [quantity, { ...field, ...rangeOf(field.data) }])),
    shown: new Map(entries.map(([quantity, field]) => [quantity, { grid, field }])),
    publish: (outputs) => {
      for (const [quantity, { shape, data }] of entries)
        outputs.add(`${quantity}.npy`, writeNpy(shape, data));
      return Promise.resolve([]);
    },
    end: () => Promise.resolve(),
    abandon: (error) => Promise.resolve(error),
  };
}

export async function inFiles(task: FieldTask, tally: Tally, session: Session): Promise<ComputedField> {
  const { problem, grid, quantities, folder, force, earlier } = task;
  const bytes = bytesOfFiles(problem, grid, quantities, tally.backend);
  const free = await refuseFull(folder, bytes);
  await makeFolder(folder);
  const files = new FileSink({
    folder,
    identity: identityOf(task),
    ...(earlier ? { earlier } : {}),
    force,
  });
  const ranges = new RangeSink();
  const picks = new PickSink();
  let tiles = 0;
  const announce = (parts: readonly StreamPart[]) => {
    tiles = parts.reduce((sum, { plan }) => sum + plan.tiles.length, 0);
    session.console.note(
      `${grid.size.map(count).join(' x ')} samples: ${sizeWords(sumOf(bytes))} in ${quantities.map((q) => `${q}.npy`).join(', ')} of the ${sizeWords(free)} that are free, planned for ${durationWords(plannedSeconds(parts))}${earlier ? `; an earlier run left ${String(earlier.tiles.length)} of ${String(tiles)} tiles` : ''}.`,
    );
  };
  const abandon = async (error: unknown) => {
    // What breaks the numeric contract would break it again.
    const worth = !(error instanceof MemscapeError && error.exitCode === 6);
    const kept = await files.abandon(worth);
    return kept === 0 ? error : resumable(error, kept, tiles, session.signal);
  };
  try {
    const { fields } = await tally.stream(requestOf(task), [
      { begin: announce, take: () => undefined },
      files,
      ranges,
      ...(grid.axes.length < 3 ? [picks] : []),
      ...(task.sinks ?? []),
    ]);
    return {
      facts: new Map(
        [...fields].map(([quantity, facts]) => [quantity, { ...facts, ...ranges.of(quantity) }]),
      ),
      shown: shownOf(grid, fields, picks),
      publish: () => files.publish(),
      end: () => files.end(),
      abandon,
    };
  } catch (error) {
    throw await abandon(error);
  }
}

const requestOf = ({ problem, grid, quantities, reference }: Omit<FieldTask, 'sinks'>) => ({
  problem,
  sampling: grid,
  quantities,
  ...(reference ? { reference } : {}),
});

/** Everything that determines the numbers besides the adapters. */
function identityOf({ problem, grid, quantities, reference }: FieldTask) {
  return {
    version: version(),
    model: problem.hash,
    quantities,
    size: grid.size,
    extent: grid.extent,
    origin: [...grid.origin],
    axes: grid.axes.map((axis) => [...axis]),
    ...(reference ? { reference: [...reference.state] } : {}),
  };
}

function shownOf(grid: Grid, fields: ReadonlyMap<Quantity, FieldFacts>, { picked }: PickSink) {
  const shown = new Map<Quantity, { grid: Grid; field: Field }>();
  for (const [quantity, { size, data }] of picked) {
    const facts = fields.get(quantity);
    if (!facts) continue;
    const inner = facts.shape.slice(grid.size.length);
    const field = { ...facts, data, shape: [...size.toReversed(), ...inner] };
    shown.set(quantity, { grid: resampled(grid, size), field });
  }
  return shown;
}

/** An error that says how to go on. */
function resumable(error: unknown, kept: number, tiles: number, signal: AbortSignal | undefined): unknown {
  const left = `${String(kept)} of ${String(tiles)} tiles are kept`;
  const mend = 'give the same command with --resume to go on, or with --force to begin again';
  if (signal?.aborted === true)
    return new MemscapeError(
      {
        code: 'interrupted',
        what: `interrupted; ${left}`,
        why: 'Ctrl-C or a signal ended the command; no result was left half-written.',
        mend,
        exitCode: 130,
      },
      { cause: error },
    );
  if (!(error instanceof MemscapeError)) return error;
  const { code, what, why, exitCode } = error;
  return new MemscapeError(
    { code, what, why, mend: `${error.mend.replace(/\.$/, '')}; ${left}: ${mend}`, exitCode },
    { cause: error },
  );
}
