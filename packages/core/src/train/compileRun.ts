import type { ProgramSource } from '../compile/compile.ts';
import type { Dataset } from '../data/dataset.ts';
import type { VariableAttributes } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import { splitSeed } from '../nest/seed.ts';
import type { Executor, FloatArray } from '../runtime/executor.ts';
import { residentName } from './batch.ts';
import type { Run } from './defineRun.ts';
import { evaluationPass, prepared } from './evaluate.ts';
import type { ExecutorFactory } from './executors.ts';
import { initialGraph, trainGraph } from './graphs.ts';
import { type Pass, planPass, stepValueNames, writeFields, writeRows } from './pass.ts';

/** A run that is ready to make its first step: programs compiled, data in place, variables at their initial values. */
export interface CompiledRun {
  readonly run: Run;
  readonly executor: Executor<FloatArray>;
  readonly training: Pass;
  readonly validation?: Pass;
  /** Parameters, statistics and optimizer state, by path. */
  readonly variables: ReadonlyMap<string, Node<VariableAttributes>>;
}

const initialProgram = 'initial';

function storedTogether(a: Dataset, b: Dataset): boolean {
  return Object.entries(a.fields).every(([name, { values }]) => b.fields[name]?.values === values);
}

function writeSeed(executor: Executor<FloatArray>, seed: number): void {
  const [low, high] = splitSeed(seed);
  for (const [name, { steps }] of executor.programs) {
    const names = stepValueNames(executor, name);
    for (let step = 0; step < steps; step++) {
      if (names.has('seed.low')) executor.writeStepValue(name, 'seed.low', step, [low | 0]);
      if (names.has('seed.high')) executor.writeStepValue(name, 'seed.high', step, [high | 0]);
    }
  }
}

/**
 * Compiles every program of a run for one executor and initialises it.
 *
 * @throws LockstepError when model, losses and data do not fit together; MEMORY_LIMIT
 */
export function compileRun(run: Run, factory: ExecutorFactory, workers: number): CompiledRun {
  const { task, train, batchSize, dropLast, lanes } = run;
  let variables: CompiledRun['variables'] = new Map();
  const training = planPass('train', train.rows, { batchSize, dropLast, lanes }, (size) => {
    const made = trainGraph(task, { data: train, batchSize: size });
    variables = made.variables;
    return made.graph;
  });
  const judged = run.validation && prepared(run.validation, run);
  // Two views of the same stored rows need them in memory once.
  const source = judged && storedTogether(judged, train) ? 'data' : 'validation';
  const validation = judged && evaluationPass(task, judged, source, lanes);
  const initial: ProgramSource = {
    graph: { ...initialGraph(variables.values()), name: initialProgram },
    batchSize: 0,
    lanes: 1,
    steps: 1,
  };
  const sources = [initial, ...training.sources, ...(validation?.sources ?? [])];
  const executor = factory(sources, workers);
  writeFields(executor, train, (field) => residentName('data', field));
  if (judged && validation) {
    writeFields(executor, judged, (field) => residentName(source, field));
    writeRows(executor, validation, judged);
  }
  writeSeed(executor, run.seed);
  if (stepValueNames(executor, initialProgram).has('step'))
    executor.writeStepValue(initialProgram, 'step', 0, [0]);
  executor.run(initialProgram, 0);
  return { run, executor, training, variables, ...(validation && { validation }) };
}
