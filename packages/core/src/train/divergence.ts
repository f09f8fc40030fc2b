import { lower } from '../compile/lower.ts';
import type { Program } from '../compile/program.ts';
import { LockstepError } from '../errors.ts';
import { createInterpreter } from '../runtime/interpreter.ts';
import type { DivergedStep } from './loopOutcome.ts';
import { tabulateOptimizer } from './optimizerValues.ts';
import { engineSteps, type PassStep, stepsOfEpoch } from './pass.ts';
import type { PreparedRun } from './prepareRun.ts';
import { StepTables, writeConstantTables } from './stepTables.ts';
import { type Variables, writeVariables } from './variables.ts';

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
  { run, plan, sources, writeData }: PreparedRun,
  variables: Variables,
  { epoch, steering }: DivergedStep,
  step: PassStep,
): string | undefined {
  const programs = new Map(sources.map(({ graph, ...sizes }) => [graph.name, lower(graph, sizes)]));
  // The rows of the step are no longer in memory.
  if (plan.training.stream !== undefined) return undefined;
  const steps = engineSteps([step]);
  const points = steps.reduce((total, { program: name }) => {
    const program = programs.get(name);
    return total + (program ? pointsOf(program) : 0);
  }, 0);
  if (points > mostPoints) return undefined;
  const replay = createInterpreter([...programs.values()], { checked: true });
  writeData(replay);
  writeConstantTables(plan, replay);
  writeVariables(replay, variables);
  new StepTables(plan, replay).write(
    epoch,
    tabulateOptimizer(run, plan.training.steps.length, epoch, steering),
  );
  for (const { program, entry } of steps) {
    replay.run(program, entry);
    const first = replay.firstNonFinite();
    if (first)
      return `${first.op} gave the first ${first.value}, at [${first.index.join(', ')}] of ${first.tensor}`;
  }
  return undefined;
}

/**
 * The error for a step whose loss is not finite. Says where the first value arose that is not finite although everything
 * it was computed from is, unless the step is too large to be made again scalar by scalar.
 *
 * @param variables - from before the step
 */
export function divergence(
  prepared: PreparedRun,
  variables: Variables,
  diverged: DivergedStep,
): LockstepError {
  const { epoch, step: at, loss } = diverged;
  const steps = stepsOfEpoch(prepared.plan.training, epoch);
  const step = steps[at];
  const cause = brokenVariable(variables) ?? (step && brokenOp(prepared, variables, diverged, step));
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
