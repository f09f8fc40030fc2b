import { epochOrder } from '../data/order.ts';
import type { CompiledRun } from './compileRun.ts';
import { optimizerStepValues } from './graphs.ts';
import { stepValueNames, writeRows } from './pass.ts';

type StepFunction = (step: number) => number;

/**
 * Fills the tables of a whole epoch ahead of its first step: rows, learning rates and bias corrections, the number of
 * the step. What is written depends on the run and the epoch alone.
 */
export class StepTables {
  readonly #compiled: CompiledRun;
  /** The scalars of each program, by name. */
  readonly #scalars: ReadonlyMap<string, readonly (readonly [string, StepFunction])[]>;

  constructor(compiled: CompiledRun) {
    this.#compiled = compiled;
    const { run, training, executor } = compiled;
    const totalSteps = run.epochs * training.steps.length;
    const functions: Record<string, StepFunction> = {
      ...optimizerStepValues(run.task.optimizer, totalSteps, run.schedule),
      step: (step) => step,
    };
    this.#scalars = new Map(
      training.sources.map(({ graph: { name } }) => {
        const wanted = stepValueNames(executor, name);
        return [name, Object.entries(functions).filter(([value]) => wanted.has(value))];
      }),
    );
  }

  /** @param epoch - counted from 0 */
  write(epoch: number): void {
    const { run, training, executor } = this.#compiled;
    const order = run.shuffle ? epochOrder(run.seed, epoch, run.train.rows) : undefined;
    writeRows(executor, training, run.train, order);
    for (const [at, { program, entry }] of training.steps.entries())
      for (const [name, value] of this.#scalars.get(program) ?? [])
        executor.writeStepValue(program, name, entry, [value(epoch * training.steps.length + at)]);
  }
}
