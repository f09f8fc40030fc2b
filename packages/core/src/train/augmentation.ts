import type { Augmentation, AugmentationTables } from '../data/augment/index.ts';
import { mixupDistance, mixupNames, mixupShare } from '../data/augment/mixupTables.ts';
import type { Batch } from '../data/batch.ts';
import type { Dataset } from '../data/dataset.ts';
import { stepValue } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import type { FloatArray } from '../runtime/executor.ts';
import { batchOf, rowsName } from './batch.ts';
import type { PlannedStep, TensorAccess } from './engine.ts';
import type { PassStep } from './pass.ts';

/** Step value: the epoch, counted from 0, int32. */
export const epochName = 'epoch';

/** Step value with the numbers in the data set of the rows that another step value places in memory. */
function dataRowsName(table: string): string {
  return `${table}.data`;
}

/** Names the augmentation at a position of a run's list: its random numbers and its step values. */
function augmentationPath(position: number): string {
  return `augment.${position}`;
}

/**
 * The rows of a mini-batch as training sees them.
 *
 * @param table - step value with where they are in memory
 */
export function augmentedBatch(
  data: Dataset,
  size: number,
  source: string,
  augmentations: readonly Augmentation[],
  table: string = rowsName,
): Batch {
  const rowNumbers = (): Node =>
    stepValue(dataRowsName(table), { shape: [size], dtype: 'int32', batchAxis: 0 });
  return augmentations.reduce<Batch>(
    (batch, augmentation, position) =>
      augmentation.augment(batch, {
        path: augmentationPath(position),
        rows: rowNumbers(),
        epoch: stepValue(epochName, { dtype: 'int32' }),
        others: (other) => augmentedBatch(data, size, source, augmentations.slice(0, position), other),
      }),
    batchOf(data, size, source, table),
  );
}

/** An augmentation that has tables, and where it stands in the run's list. */
export interface PlannedAugmentation {
  readonly path: string;
  readonly tables: AugmentationTables;
}

/** What the host has to know of a run's augmentations, as plain data. */
export function planAugmentations(augmentations: readonly Augmentation[]): readonly PlannedAugmentation[] {
  return augmentations.flatMap(({ tables }, position) =>
    tables === undefined ? [] : [{ path: augmentationPath(position), tables }],
  );
}

/** The rows of an epoch, by their positions in it. */
export interface EpochRows {
  readonly seed: number;
  /** Counted from 0. */
  readonly epoch: number;
  /** Where each row is in memory. */
  readonly placed: Int32Array;
  /** The number of each row in the data set. */
  readonly stored: Int32Array;
}

/** Writes the tables of an epoch that augmentations read, if there are any. */
export class AugmentationTableWriter {
  readonly #planned: readonly PlannedAugmentation[];
  readonly #access: TensorAccess<FloatArray>;
  readonly #hasName: (program: string, name: string) => boolean;

  /** @param hasName - whether a program has a step value */
  constructor(
    planned: readonly PlannedAugmentation[],
    access: TensorAccess<FloatArray>,
    hasName: (program: string, name: string) => boolean,
  ) {
    this.#planned = planned;
    this.#access = access;
    this.#hasName = hasName;
  }

  /**
   * @param step - of the pass
   * @param number - of the step, counted from the start of the run
   */
  write(step: PassStep, number: number, { seed, epoch, placed, stored }: EpochRows): void {
    const mixed = this.#planned.map(({ path, tables: { alpha } }) => {
      const distance = mixupDistance(step.rows, number, { seed, purpose: path });
      return { names: mixupNames(path), draw: { seed, purpose: path, epoch }, alpha, distance };
    });
    for (const part of step.parts ?? [step]) {
      const rows = stored.subarray(part.start, part.start + part.rows);
      this.#write(part, epochName, () => [epoch]);
      this.#write(part, dataRowsName(rowsName), () => rows);
      for (const { names, draw, alpha, distance } of mixed) {
        const others = Int32Array.from(rows, (_, at) => {
          const position = part.start - step.start + at;
          return step.start + ((position + distance) % step.rows);
        });
        this.#write(part, names.rows, () => others.map((at) => placed[at] ?? 0));
        this.#write(part, dataRowsName(names.rows), () => others.map((at) => stored[at] ?? 0));
        this.#write(part, names.share, () => Float64Array.from(rows, (row) => mixupShare(row, alpha, draw)));
      }
    }
  }

  #write({ program, entry }: PlannedStep, name: string, values: () => ArrayLike<number>): void {
    if (this.#hasName(program, name)) this.#access.writeStepValue(program, name, entry, values());
  }
}
