import type { FloatArray } from '../runtime/executor.ts';
import type { TensorAccess } from './engine.ts';
import type { OptimizerValues } from './optimizerValues.ts';
import type { RunPlan } from './plan.ts';
import { isSameSteering, type RateSteering } from './rateSteering.ts';
import { StepTables } from './stepTables.ts';

/** The optimizer's values from an epoch (counted from 0) on. */
export type Tabulate = (epoch: number, steering: RateSteering) => OptimizerValues | Promise<OptimizerValues>;

/** The tables of the steps of an epoch, with learning rates that can be steered between two of them. */
export class SteeredTables {
  steering: RateSteering;
  readonly #tables: StepTables;
  readonly #stepsPerEpoch: number;
  readonly #tabulate: Tabulate;
  #values: OptimizerValues;

  /** @param tabulate - gives what the plan has no values of */
  constructor(
    plan: RunPlan,
    access: TensorAccess<FloatArray>,
    { steering, tabulate }: { readonly steering: RateSteering; readonly tabulate: Tabulate },
  ) {
    this.steering = steering;
    this.#tables = new StepTables(plan, access);
    this.#stepsPerEpoch = plan.start.stepsPerEpoch;
    this.#tabulate = tabulate;
    this.#values = plan.optimizerValues;
  }

  /** Fills in everything, ahead of an epoch. */
  async write(epoch: number): Promise<void> {
    await this.#bringUpToDate(epoch);
    this.#tables.write(epoch, this.#values);
  }

  /** Does ahead what {@link write} of an epoch will not have to do. */
  prepare(epoch: number): void {
    this.#tables.prepare(epoch);
  }

  /** Fills in what has been steered since, inside an epoch. */
  async refresh(epoch: number): Promise<void> {
    if (await this.#bringUpToDate(epoch)) this.#tables.writeOptimizer(epoch, this.#values);
  }

  /** The learning rate of a step of the epoch that is filled in, counted from 1 over the run. */
  rateOf(step: number): number {
    const { firstEpoch, learningRates } = this.#values;
    return learningRates[step - 1 - firstEpoch * this.#stepsPerEpoch] ?? Number.NaN;
  }

  /** @returns whether there are new values */
  async #bringUpToDate(epoch: number): Promise<boolean> {
    const { firstEpoch, epochs, steering } = this.#values;
    const isThere = epoch >= firstEpoch && epoch < firstEpoch + epochs;
    if (isThere && isSameSteering(steering, this.steering)) return false;
    this.#values = await this.#tabulate(epoch, this.steering);
    return true;
  }
}
