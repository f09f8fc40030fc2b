import { lower } from '../compile/lower.ts';
import type { Program } from '../compile/program.ts';
import { LockstepError } from '../errors.ts';
import { createInterpreter, type Interpreter } from '../runtime/interpreter.ts';
import { type CompiledRun, compileRun } from './compileRun.ts';
import type { PassStep } from './pass.ts';
import { StepTables } from './stepTables.ts';
import { readVariables, type Variables, writeVariables } from './variables.ts';

/** Points of loops above which making a step again scalar by scalar would take minutes. */
const mostPoints = 5e8;

function pointsOf({ phases }: Program): number {
  const nests = phases.flatMap(({ groups }) =>
    groups.flatMap(({ kernels }) => kernels.map(({ nest }) => nest)),
  );
  return nests.reduce((total, { axes }) => total + axes.reduce((product, { size }) => product * size, 1), 0);
}

function brokenVariable(variables: Variables): string | undefined {
  for (const { path, values } of variables.values()) {
    const broken = values.find((value) => !Number.isFinite(value));
    if (broken !== undefined) return `an update before it left ${broken} in ${path}`;
  }
  return undefined;
}

/** Makes the step again in an interpreter that looks at every value. */
function brokenOp(
  { run, training }: CompiledRun,
  variables: Variables,
  epoch: number,
  step: PassStep,
): string | undefined {
  const source = training.sources.find(({ graph: { name } }) => name === step.program);
  if (!source || pointsOf(lower(source.graph, source)) > mostPoints) return undefined;
  let interpreter: Interpreter | undefined;
  const replay = compileRun(
    run,
    (sources) => {
      interpreter = createInterpreter(
        sources.map(({ graph, ...sizes }) => lower(graph, sizes)),
        { checked: true },
      );
      return interpreter;
    },
    1,
  );
  writeVariables(replay.executor, variables);
  new StepTables(replay).write(epoch);
  replay.executor.run(step.program, step.entry);
  const first = interpreter?.firstNonFinite();
  return (
    first && `${first.op} gave the first ${first.value}, at [${first.index.join(', ')}] of ${first.tensor}`
  );
}

/**
 * The error for a step whose loss is not finite. Says where the first value arose that is not finite although everything
 * it was computed from is, unless the step is too large to be made again scalar by scalar.
 *
 * @param epoch - counted from 0
 * @param at - which step of the epoch
 */
export function divergence(compiled: CompiledRun, epoch: number, at: number, loss: number): LockstepError {
  const { steps } = compiled.training;
  const step = steps[at];
  const variables = readVariables(compiled.executor, compiled.variables);
  const cause = brokenVariable(variables) ?? (step && brokenOp(compiled, variables, epoch, step));
  return new LockstepError(
    'DIVERGED',
    `training diverged at step ${epoch * steps.length + at + 1}${cause === undefined ? '' : `: ${cause}`}`,
    {
      got: `loss ${loss}`,
      wanted: 'a finite loss',
      hint: 'A smaller learning rate, clipNorm, or standardised inputs usually help.',
    },
  );
}
