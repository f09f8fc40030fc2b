import { splitSeed } from '../nest/seed.ts';
import type { FloatArray } from '../runtime/executor.ts';
import { firstRowName } from './accumulate.ts';
import { AugmentationTableWriter } from './augmentation.ts';
import type { PlannedStep, TensorAccess } from './engine.ts';
import type { OptimizerValues } from './optimizerValues.ts';
import { engineSteps, stepsOfEpoch, stepValueNames, writeRows } from './pass.ts';
import { type PassOrder, passOrder } from './passOrder.ts';
import { initialProgram, type RunPlan } from './plan.ts';

/** Fills everything in the tables that is the same for the whole run: the seed, and the rows to judge by. */
export function writeConstantTables({ start, validation }: RunPlan, access: TensorAccess<FloatArray>): void {
  const [low, high] = splitSeed(start.seed);
  for (const [name, { steps }] of access.programs) {
    const names = stepValueNames(access, name);
    for (let step = 0; step < steps; step++) {
      if (names.has('seed.low')) access.writeStepValue(name, 'seed.low', step, [low | 0]);
      if (names.has('seed.high')) access.writeStepValue(name, 'seed.high', step, [high | 0]);
    }
  }
  if (stepValueNames(access, initialProgram).has('step'))
    access.writeStepValue(initialProgram, 'step', 0, [0]);
  if (validation) writeRows(access, validation.steps, passOrder(validation));
}

/**
 * Fills the tables of a whole epoch ahead of its first step: rows, learning rates and bias corrections, the number of
 * the step. What is written depends on the plan and the epoch alone.
 */
export class StepTables {
  readonly #plan: RunPlan;
  readonly #access: TensorAccess<FloatArray>;
  /** The step values of each training program. */
  readonly #names: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #augmentation: AugmentationTableWriter;
  #ahead: { readonly epoch: number; readonly order: PassOrder } | undefined;

  constructor(plan: RunPlan, access: TensorAccess<FloatArray>) {
    this.#plan = plan;
    this.#access = access;
    const { steps, measured } = plan.training;
    const all = engineSteps(measured ? [...steps, measured.step] : steps);
    const programs = new Set(all.map(({ program }) => program));
    this.#names = new Map(Array.from(programs, (program) => [program, stepValueNames(access, program)]));
    this.#augmentation = new AugmentationTableWriter(
      plan.augmentation,
      access,
      (program, name) => this.#names.get(program)?.has(name) === true,
    );
  }

  /**
   * Draws the order of an epoch's rows before it is written: while others make steps, 25 ns a row that they need not wait for.
   *
   * @param epoch - counted from 0
   */
  prepare(epoch: number): void {
    if (this.#ahead?.epoch !== epoch) this.#ahead = { epoch, order: this.#orderOf(epoch) };
  }

  #orderOf(epoch: number): PassOrder {
    const { start, shuffle, training } = this.#plan;
    return passOrder(training, shuffle ? { seed: start.seed, epoch } : undefined);
  }

  /**
   * @param epoch - counted from 0
   * @param optimizer - has the values of this epoch
   */
  write(epoch: number, optimizer: OptimizerValues): void {
    const { start, training } = this.#plan;
    const order = this.#ahead?.epoch === epoch ? this.#ahead.order : this.#orderOf(epoch);
    this.#ahead = undefined;
    const steps = stepsOfEpoch(training, epoch);
    writeRows(this.#access, steps, order);
    const rows = { seed: start.seed, epoch, ...order };
    for (const [at, step] of steps.entries()) {
      const number = epoch * steps.length + at;
      for (const part of step.parts ?? []) {
        this.#write(part, 'step', number);
        this.#write(part, firstRowName, part.start - step.start);
      }
      this.#write(step, 'step', number);
      this.#augmentation.write(step, number, rows);
    }
    this.writeOptimizer(epoch, optimizer);
  }

  /** Fills in the values of the optimizer alone, when they have changed. */
  writeOptimizer(epoch: number, { firstEpoch, values }: OptimizerValues): void {
    const steps = stepsOfEpoch(this.#plan.training, epoch);
    const first = (epoch - firstEpoch) * steps.length;
    for (const [at, step] of steps.entries())
      for (const [name, table] of Object.entries(values)) this.#write(step, name, table[first + at]);
  }

  /** Fills an entry of a program's table, if it has this one. */
  #write({ program, entry }: PlannedStep, name: string, value: number | undefined): void {
    if (value !== undefined && this.#names.get(program)?.has(name) === true)
      this.#access.writeStepValue(program, name, entry, [value]);
  }
}
