import { optimizerHash, type Run, type RunControl, type RunState, weightsHash } from '@lockstep/core';
import {
  answerLoop,
  createMemory,
  type LoopOutcome,
  prepareRun,
  readVariables,
  runLoop,
} from '@lockstep/core/engine';
import { ThreadsEngine } from '../../threads/threadsEngine.ts';
import type { EngineOptions } from '../../threads/threadsOptions.ts';
import { compileForLocal } from '../compileForLocal.ts';
import { localOptions } from '../localOptions.ts';
import { localPlan } from '../localPlan.ts';
import type { LocalMode } from '../mode.ts';

/** How a run is trained. */
interface LocalRunOptions extends EngineOptions {
  readonly workers: number;
  readonly control?: RunControl;
  readonly resume?: RunState;
  onSave?(state: RunState): void;
}

/** All that a run leaves, but for times. */
export interface Left {
  readonly weights: string;
  readonly optimizer: string;
  readonly momentum: readonly unknown[];
  readonly steps: number;
  readonly epochs: readonly unknown[];
  readonly diverged?: number;
}

/** @param variables - that the run ended with */
export function leftBy(outcome: LoopOutcome, variables: ReturnType<typeof readVariables>): Left {
  const values = [...variables.values()];
  return {
    weights: weightsHash(values),
    optimizer: optimizerHash(values.filter(({ path }) => !path.startsWith('outer.'))),
    momentum: values.filter(({ path }) => path.startsWith('outer.')).map((value) => value.values),
    ...(outcome.kind === 'diverged'
      ? { steps: outcome.at.step, epochs: [], diverged: outcome.at.epoch }
      : {
          steps: outcome.done.steps,
          epochs: outcome.history.map(({ loss, metrics, valLoss, valMetrics }) => [
            loss,
            metrics,
            valLoss,
            valMetrics,
          ]),
        }),
  };
}

/** Trains in mode `local`: the loop in this thread, its workers in their own. */
export async function trainLocal(
  run: Run,
  mode: LocalMode,
  { workers, control, resume, onSave, ...failure }: LocalRunOptions,
): Promise<Left> {
  const prepared = prepareRun(run);
  const plan = localPlan(prepared.plan, localOptions(mode));
  const program = compileForLocal(prepared.sources, mode, { workers });
  const engine = new ThreadsEngine(program, createMemory(program.compilation, true), failure);
  const variables = () => readVariables(engine.access, plan.variables);
  try {
    prepared.writeData(engine.access);
    const outcome = await runLoop(plan, engine, {
      ...answerLoop(prepared, () => Promise.resolve(variables())),
      emit: () => {},
      ...(control && { control }),
      ...(resume && { resume }),
      ...(onSave && { onSave }),
    });
    return leftBy(outcome, variables());
  } finally {
    await engine.close();
  }
}
