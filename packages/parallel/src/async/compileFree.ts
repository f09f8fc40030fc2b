import type { Run } from '@lockstep/core';
import {
  compile,
  emitModule,
  LockstepError,
  type ProgramSource,
  probeWidth,
  productInstaller,
} from '@lockstep/core/engine';
import type { ThreadsCompileOptions, ThreadsProgram } from '../threads/compileForThreads.ts';
import { countWorkers } from '../threads/workers.ts';
import type { Ordering } from './freeTask.ts';
import type { Mode } from './mode.ts';
import { definitionOf, type FreeMode, recordableModes } from './modes.ts';
import { type ReplicaLayout, replicaLayout } from './replicaLayout.ts';

/** Programs for workers that make steps without meeting: compiled for one worker, with memory for several. */
export interface FreeProgram extends Omit<ThreadsProgram, 'trial'> {
  readonly mode: FreeMode;
  readonly ordering: Ordering;
  /** Threads that compute gradients. */
  readonly workers: number;
  readonly layout: ReplicaLayout;
}

/** Throws for a run whose mini-batches are computed in parts: their sums are kept by whoever makes a part, and anybody may. */
export function requireWholeBatches({ microBatch }: Pick<Run, 'microBatch'>, { name }: Mode): void {
  if (microBatch === undefined || !recordableModes.includes(name)) return;
  throw new LockstepError('BAD_OPTION', `mode ${name} cannot compute a mini-batch in parts`, {
    where: { field: 'run.microBatch' },
    got: String(microBatch),
    hint: 'Leave it out and take a smaller batchSize, or the mode sync or local.',
  });
}

/** WebAssembly addresses are 32 bits. */
const mostBytes = 2 ** 32;

/**
 * Compiles graphs for workers that make steps without meeting.
 *
 * @throws LockstepError as `compile` does; BAD_OPTION for a number of workers that cannot be; MEMORY_LIMIT where the workers' own
 * memory does not fit into the arena
 */
export function compileFree(
  sources: readonly ProgramSource[],
  mode: FreeMode,
  ordering: Ordering,
  {
    workers: asked,
    machineCode = productInstaller() !== undefined,
    wide = machineCode || probeWidth().wide,
  }: Pick<ThreadsCompileOptions, 'workers' | 'wide' | 'machineCode'>,
): FreeProgram {
  const workers = countWorkers(asked);
  const { helpers, slots, copies } = definitionOf(mode);
  const compiled = compile(sources, { workers: 1 });
  const layout = replicaLayout(compiled, {
    threads: workers + helpers,
    slots: slots(mode),
    snapshots: ordering !== 'free' || copies(mode),
  });
  const queue = slots(mode) > 1 ? ', room for fewer gradients (slots)' : '';
  const last = layout.shared.scratch + compiled.bytes.scratch + layout.extraBytes;
  if (last > mostBytes)
    throw new LockstepError('MEMORY_LIMIT', 'the memory of all workers does not fit into one arena', {
      got: `${(last / 2 ** 20).toFixed(0)} MiB with ${workers} workers`,
      wanted: 'at most 4096 MiB',
      hint: `Take fewer workers${queue}, a smaller batch, or the synchronous mode, whose workers share all of it.`,
    });
  const compilation = { ...compiled, extraBytes: layout.extraBytes };
  const { bytes, products } = emitModule(compilation, { wide, shared: true, machineCode });
  return {
    compilation,
    module: new WebAssembly.Module(bytes),
    products,
    mode,
    ordering,
    workers,
    layout,
  };
}
