import type { ReduceEvent } from '@lockstep/core';
import { type Engine, type RunPlan, segmentBases } from '@lockstep/core/engine';
import { compileForLocal } from '../async/compileForLocal.ts';
import { compileFree, type FreeProgram } from '../async/compileFree.ts';
import { FreeEngine, type FreeEngineOptions } from '../async/freeEngine.ts';
import type { Ordering } from '../async/freeTask.ts';
import { localPlan } from '../async/localPlan.ts';
import type { WholeMode } from '../async/mode.ts';
import { definitionOf } from '../async/modes.ts';
import {
  compileForThreads,
  type ThreadsCompileOptions,
  type ThreadsProgram,
} from '../threads/compileForThreads.ts';
import { ThreadsEngine } from '../threads/threadsEngine.ts';
import { TrialEngine } from '../threads/trialEngine.ts';
import { threadName } from '../timeline/threadName.ts';

/** What is compiled for the threads of a run, in any mode: plain data, and code. */
export type CrewProgram = ThreadsProgram | FreeProgram;

export interface CrewOptions extends FreeEngineOptions {
  onReduce?(found: Omit<ReduceEvent, 'type'>): void;
}

/** Compiles a run's programs for the threads of a mode. */
export function compileCrew(
  sources: Parameters<typeof compileForThreads>[0],
  mode: WholeMode,
  ordering: Ordering,
  options: ThreadsCompileOptions,
): CrewProgram {
  if (mode.name === 'sync') return compileForThreads(sources, options);
  if (mode.name === 'local') return compileForLocal(sources, mode, options);
  return compileFree(sources, mode, ordering, options);
}

/** The threads of a run, by rank, as they are called: those that compute, and then others that help them. */
export function threadsOf(program: CrewProgram): readonly string[] {
  const { workers } = program;
  const helpers = 'layout' in program ? definitionOf(program.mode).helpers : 0;
  return Array.from({ length: workers + helpers }, (_, rank) => threadName(rank, workers));
}

/** The plan of a run in a mode. */
export function planCrew(plan: RunPlan, mode: WholeMode): RunPlan {
  const named: RunPlan = { ...plan, mode, start: { ...plan.start, mode: mode.name } };
  return mode.name === 'local' ? localPlan(named, mode) : named;
}

/** Starts the threads of a run. */
export function openCrew(
  program: CrewProgram,
  memory: WebAssembly.Memory,
  { onReduce, ...options }: CrewOptions,
  timelines?: readonly SharedArrayBuffer[],
): Engine {
  if ('layout' in program) return new FreeEngine(program, memory, options, timelines);
  const threads = new ThreadsEngine(program, memory, options, timelines);
  if (program.trial === undefined) return threads;
  return new TrialEngine(threads, {
    trial: program.trial,
    bases: segmentBases(program.compilation.bytes, 0),
    onChosen: (found) => onReduce?.(found),
  });
}
