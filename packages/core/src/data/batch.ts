import type { Node } from '../graph/node.ts';
import type { InputType } from '../nn/model.ts';

/** The rows of a mini-batch as graph: what a model and its losses see of them. */
export interface Batch {
  readonly size: number;
  /**
   * A field as a model's input takes it: float32 with the field's preprocessing, or the stored integers.
   *
   * @throws LockstepError UNKNOWN_OPTION when the data set has no such field
   */
  input(field: string, type: InputType): Node;
  /**
   * A field as losses and metrics take it: float32 with the field's preprocessing; integers that have none stay integers
   * (int32), since they may be class labels.
   *
   * @throws LockstepError UNKNOWN_OPTION when the data set has no such field
   */
  target(field: string): Node;
  /** Rows that are mixed into these. Integer targets cannot be: their losses are mixed in their place. */
  readonly mixed?: {
    /** The rows themselves. */
    readonly own: Batch;
    /** The rows that are mixed in. */
    readonly others: Batch;
    /** How much of each row is its own, from 0 to 1, float32 [B]. */
    readonly share: Node;
  };
}
