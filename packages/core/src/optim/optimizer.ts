import type { Node } from '../graph/node.ts';
import type { Initializer } from '../nn/initializers/initializer.ts';
import type { Schedule } from './schedule.ts';

/** What a rule knows of one parameter. All nodes are float32; those of `slots` have the parameter's shape. */
export interface UpdateContext<Slot extends string = string, Value extends string = string> {
  readonly parameter: Node;
  /** Of the loss, after clipping. */
  readonly gradient: Node;
  readonly slots: Readonly<Record<Slot, Node>>;
  /** Scalars that are different for every step. */
  readonly values: Readonly<Record<Value, Node>>;
  /** Of the parameter: `layers.0.weight`. */
  readonly path: string;
}

/** The parameter and its slots after a step. */
export interface UpdateResult<Slot extends string = string> {
  readonly parameter: Node;
  readonly slots: Readonly<Record<Slot, Node>>;
}

/**
 * An update rule: graph for what is done to every element, host functions for what is the same for all of them.
 *
 * @typeParam Slot - names of the tensors it keeps for each parameter
 * @typeParam Value - names of its per-step scalars
 */
export interface Optimizer<Slot extends string = string, Value extends string = string> {
  readonly name: string;
  /** Plain data, for run files' records and checkpoints; the learning rate is there if it is constant. */
  readonly hyperparameters: Readonly<Record<string, number | boolean>>;
  readonly schedule: Schedule;
  /** How each slot starts. */
  readonly slots: Readonly<Record<Slot, Initializer>>;
  /**
   * The per-step scalars as functions of the optimizer step, which counts from 0. They are computed in float64 from + - * /
   * and square roots alone and rounded to float32 once.
   *
   * @param totalSteps - of the whole run, for schedules
   * @param schedule - in place of the optimizer's own
   */
  stepValues(totalSteps: number, schedule?: Schedule): Readonly<Record<Value, (step: number) => number>>;
  update(context: UpdateContext<Slot, Value>): UpdateResult<Slot>;
  /** The same optimizer with another weight decay, for parameter groups; absent if it has none. */
  decaying?(weightDecay: number): Optimizer;
}
