import type { FloatArray } from '../runtime/executor.ts';
import type { Engine } from './engine.ts';
import type { LoopOptions } from './loopHooks.ts';
import type { LoopOutcome } from './loopOutcome.ts';
import { initialProgram, type RunPlan } from './plan.ts';
import { RunControl } from './runControl.ts';
import { openFeeds } from './runFeeds.ts';
import { RunLostError } from './runLostError.ts';
import { initialLoopState, modeWarning, restoreState } from './runState.ts';
import { writeConstantTables } from './stepTables.ts';
import { TrainingLoop } from './trainingLoop.ts';

/**
 * Trains: the one loop of every run, wherever it is and whoever computes. It is decided by the plan alone, which
 * is plain data, so it can be made in a thread of its own.
 *
 * @param engine - of the run's sources, with the data in place
 * @returns how it ended; the variables are those that it ended with
 * @throws RunLostError with the state of the run if the engine lost too many workers; what else the engine and the hooks
 * throw; LockstepError when `resume` is the state of another run, UNKNOWN_OPTION
 * when something is monitored that there is not
 */
export async function runLoop(
  plan: RunPlan,
  engine: Engine<FloatArray>,
  options: LoopOptions,
): Promise<LoopOutcome> {
  const started = performance.now();
  const { control = new RunControl(), resume, secondsBefore = 0, emit } = options;
  const feeds = openFeeds(plan, engine);
  try {
    writeConstantTables(plan, engine.access);
    let from = initialLoopState(plan);
    if (resume) from = restoreState(plan, engine.access, resume);
    else await engine.runSteps([{ program: initialProgram, entry: 0 }]);
    emit({
      type: 'start',
      ...plan.start,
      workers: engine.workers,
      ...(resume && { resumedAt: from.stepsMade }),
    });
    for (const message of [...plan.warnings, ...modeWarning(plan.mode, resume?.mode)])
      emit({ type: 'warning', message });
    const loop = new TrainingLoop(plan, engine, options, control, feeds, from);
    const end = await loop.run().catch((error: unknown) => {
      const failure = loop.failure(error);
      if (failure instanceof RunLostError) control.finish(() => failure.state);
      throw failure;
    });
    if (typeof end === 'object') return { kind: 'diverged', at: end };
    control.finish(loop.capture);
    // Before the best weights take the place of the last ones.
    const last = plan.savesEnd && options.onSave ? loop.capture() : undefined;
    const outcome = await loop.finish(end, secondsBefore + (performance.now() - started) / 1000);
    if (last) await options.onSave?.(last, { type: 'done', ...outcome.done });
    emit({ type: 'done', ...outcome.done });
    return outcome;
  } finally {
    control.finish();
    await feeds.close();
  }
}
