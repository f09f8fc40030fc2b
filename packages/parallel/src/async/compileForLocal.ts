import {
  arenaPages,
  compile,
  emitModule,
  emitReplicaMeeting,
  initialProgram,
  isMadeBy,
  type Program,
  type ProgramSource,
  probeWidth,
  productInstaller,
  segmentBases,
  variableOp,
} from '@lockstep/core/engine';
import type { ThreadsCompileOptions, ThreadsProgram } from '../threads/compileForThreads.ts';
import { updatingPhases } from '../threads/work.ts';
import { countWorkers, type Workers } from '../threads/workers.ts';
import { localLayout, roundUp } from './localLayout.ts';
import { type LocalOptions, localOptions } from './localOptions.ts';
import type { LocalProgram, MeetingSpan, StepKind } from './localTask.ts';
import type { LocalMode } from './mode.ts';
import { momentumProgram } from './outerMomentum.ts';

/** More workers than replicas have nothing to train. */
function threadsFor(workers: Workers, replicas: number, onWarning?: (message: string) => void): number {
  const most = countWorkers(workers);
  if (workers === 'auto') return Math.min(most, replicas);
  if (most > replicas)
    onWarning?.(
      `${most} workers train ${replicas} replicas: ${most - replicas} of them have no steps to make`,
    );
  return most;
}

function kindOf(program: Program): StepKind {
  if (program.name === initialProgram) return 'initial';
  if (!updatingPhases(program).includes(true)) return 'reading';
  const stored = program.phases.flatMap(({ groups }) =>
    groups.flatMap(({ kernels }) => kernels.flatMap(({ nest }) => nest.stores.map(({ tensor }) => tensor))),
  );
  const isUpdate = stored.some((id) => {
    const storage = program.tensors[id]?.storage;
    return storage?.kind === 'variable' && storage.role !== 'accumulator';
  });
  return isUpdate ? 'training' : 'part';
}

/** The most parts of a mini-batch: the programs of parts stand before the one that combines them. */
function mostParts(programs: readonly Program[], kinds: readonly StepKind[]): number {
  let [most, steps] = [0, 0];
  for (const [at, program] of programs.entries()) {
    if (kinds[at] === 'training') most = Math.max(most, Math.ceil(steps / program.steps));
    steps = kinds[at] === 'part' ? steps + program.steps : 0;
  }
  return most;
}

/** Paths of the parameters that the outer step moves. */
function trainedPaths(sources: readonly ProgramSource[]): ReadonlySet<string> {
  const variables = sources.flatMap(({ graph }) =>
    graph.updates.flatMap(({ variable }) => (isMadeBy(variable, variableOp) ? [variable.attributes] : [])),
  );
  return new Set(
    variables.filter(({ role, trainable }) => role === 'parameter' && trainable).map(({ path }) => path),
  );
}

/**
 * Cuts parameters, what is derived from them, and optimizer state into stretches that become the mean of the replicas, and
 * stretches that the outer step moves towards it.
 *
 * @param offsetOf - of a segment, from the start of the first
 */
function meetingSpans(
  programs: readonly Program[],
  trained: ReadonlySet<string>,
  length: number,
  offsetOf: (segment: 'parameters' | 'derived' | 'state') => number,
): readonly MeetingSpan[] {
  const starts = new Map([[0, false]]);
  for (const { tensors } of programs)
    for (const { storage, place } of tensors) {
      if (storage.kind !== 'variable' && storage.kind !== 'derived') continue;
      if (place?.segment === 'parameters' || place?.segment === 'derived' || place?.segment === 'state')
        starts.set(offsetOf(place.segment) + place.offset, trained.has(storage.path));
    }
  const sorted = [...starts].sort(([a], [b]) => a - b);
  const changes = sorted.filter(([, outer], at) => at === 0 || outer !== sorted[at - 1]?.[1]);
  return changes.map(([from, outer], at) => ({ from, end: changes[at + 1]?.[0] ?? length, outer }));
}

/**
 * Compiles graphs for replicas that are trained apart: every program for one worker. The answer goes where that of `compileForThreads`
 * goes; how workers deal with the steps is in its `local`.
 *
 * @throws LockstepError as `compile` does; BAD_OPTION for options of the mode, or a number of workers, that cannot be;
 * MEMORY_LIMIT when the replicas do not fit
 */
export function compileForLocal(
  sources: readonly ProgramSource[],
  mode: LocalMode,
  {
    workers,
    machineCode = productInstaller() !== undefined,
    wide = machineCode || probeWidth().wide,
    onWarning,
  }: Omit<ThreadsCompileOptions, 'reduce' | 'plannedSteps'>,
): ThreadsProgram {
  const options: LocalOptions = localOptions(mode);
  const threads = threadsFor(workers, options.replicas, onWarning);
  const alone = compile(sources, { workers: 1 });
  const { programs, bytes } = alone;
  const bases = segmentBases(bytes, 0);
  const trained = trainedPaths(sources);
  const momentumAt = roundUp(bytes.state);
  const momentumBytes = options.outerMomentum === 0 ? 0 : bases.state - bases.parameters;
  const compilation = { ...alone, bytes: { ...bytes, state: momentumAt + momentumBytes } };
  const layout = localLayout(compilation, { replicas: options.replicas, threads, stateBytes: bytes.state });
  const placed = { ...compilation, extraBytes: layout.extraBytes };
  const emitted = emitModule(placed, { wide, shared: true, machineCode });
  const [first = 0] = layout.replicas;
  const meeting = emitReplicaMeeting({
    outerLearningRate: options.outerLearningRate,
    outerMomentum: options.outerMomentum,
    first: first - bases.parameters,
    stride: layout.stride,
    momentum: bases.state + momentumAt - bases.parameters,
    pages: arenaPages(placed),
  });
  const kinds = programs.map(kindOf);
  const local: LocalProgram = {
    ...options,
    layout,
    threads,
    phases: Math.max(...programs.map(({ phases }) => phases.length)),
    parts: mostParts(programs, kinds),
    kinds,
    spans: meetingSpans(
      programs,
      trained,
      layout.variables.length,
      (segment) => bases[segment] - bases.parameters,
    ),
    meeting: new WebAssembly.Module(meeting),
  };
  const momentum =
    momentumBytes === 0
      ? []
      : [momentumProgram(programs, trained, (segment) => momentumAt + bases[segment] - bases.parameters)];
  return {
    compilation: { ...placed, programs: [...programs, ...momentum] },
    workers: threads,
    module: new WebAssembly.Module(emitted.bytes),
    products: emitted.products,
    local,
  };
}
