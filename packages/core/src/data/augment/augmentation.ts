import type { Node } from '../../graph/node.ts';
import type { Batch } from '../batch.ts';
import type { MixupTables } from './mixupTables.ts';

/** Where an augmentation is used. */
export interface AugmentationContext {
  /** Names its random numbers and step values: `augment.0`. */
  readonly path: string;
  /** Stored row of each row of the mini-batch, int32 [B]. */
  readonly rows: Node;
  /** Counted from 0, int32. */
  readonly epoch: Node;
  /**
   * Other rows, with the augmentations before this one.
   *
   * @param table - step value with where they are; `<table>.data` has their numbers in the data set
   */
  others(table: string): Batch;
}

/** What the host writes ahead of an epoch for an augmentation, as plain data. */
export type AugmentationTables = MixupTables;

/**
 * Changes what a model sees of the training rows, in another way each epoch. It is graph, computed in the step itself, and what is
 * random in it belongs to a row of the data set and an epoch: so it has the same bits in any mini-batch, on any worker.
 */
export interface Augmentation {
  readonly kind: string;
  /** Inputs of the model that it names; they have to be there. */
  readonly inputs?: readonly string[];
  augment(batch: Batch, context: AugmentationContext): Batch;
  readonly tables?: AugmentationTables;
}
