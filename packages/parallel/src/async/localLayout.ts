import {
  arenaBytes,
  type Compilation,
  LockstepError,
  type SegmentBytes,
  segmentBases,
} from '@lockstep/core/engine';

/** What is written anew in every step, and so belongs to a worker, whichever replica it moves. */
export type WorkerBases = Pick<SegmentBytes, 'sums' | 'activations' | 'scratch'>;

/** Where everything is that mode `local` needs in memory: plain data. */
export interface LocalLayout {
  /** Segments with the weights that replicas start from and meet in. */
  readonly master: SegmentBytes;
  /** The master's parameters, what is derived from them, and optimizer state, one after another: what replicas have copies of. */
  readonly variables: { readonly start: number; readonly length: number };
  /** Where each replica's copy starts. */
  readonly replicas: readonly number[];
  /** Bytes from one to the next. */
  readonly stride: number;
  readonly workers: readonly WorkerBases[];
  /** A word for each worker, each on a line of its own. */
  readonly words: number;
  /** After the arena. */
  readonly extraBytes: number;
}

export const cacheLine = 64;
export const roundUp = (bytes: number): number => Math.ceil(bytes / cacheLine) * cacheLine;
/** WebAssembly addresses are 32 bits. */
const mostBytes = 2 ** 32;

/**
 * Lays out replicas and workers behind the arena of programs that were compiled for one worker.
 *
 * @param stateBytes - of the optimizers' state; what lies behind it in its segment is the master's alone
 * @throws LockstepError MEMORY_LIMIT when it does not fit into 4 GiB
 */
export function localLayout(
  { bytes, workers }: Pick<Compilation, 'bytes' | 'workers'>,
  {
    replicas,
    threads,
    stateBytes,
  }: { readonly replicas: number; readonly threads: number; readonly stateBytes: number },
): LocalLayout {
  const master = segmentBases(bytes, 0);
  const variables = {
    start: master.parameters,
    length: master.state + roundUp(stateBytes) - master.parameters,
  };
  const first = arenaBytes(bytes, workers);
  let next = first;
  const stride = variables.length + cacheLine;
  const take = (length: number): number => {
    const start = next;
    // One more line: copies whose size is a power of two would fall on the same cache sets.
    next += roundUp(length) + cacheLine;
    return start;
  };
  const layout = {
    master,
    variables,
    replicas: Array.from({ length: replicas }, () => take(variables.length)),
    stride,
    workers: Array.from({ length: threads }, () => ({
      sums: take(bytes.sums),
      activations: take(bytes.activations),
      scratch: take(bytes.scratch),
    })),
    words: take(threads * cacheLine),
  };
  if (next > mostBytes)
    throw new LockstepError('MEMORY_LIMIT', 'the replicas do not fit into one arena beside the run', {
      where: { field: 'mode.replicas' },
      got: `${Math.ceil(next / 2 ** 20)} MiB with ${replicas} replicas of ${Math.ceil(variables.length / 2 ** 20)} MiB`,
      wanted: 'at most 4096 MiB',
      hint: 'Use fewer replicas or workers.',
    });
  return { ...layout, extraBytes: next - first };
}

/**
 * Where segments start for a worker.
 *
 * @param replica - that it moves. Default: the master's variables
 */
export function localBases(
  { master, variables, replicas, workers }: LocalLayout,
  worker: number,
  replica?: number,
): SegmentBytes {
  const moved = (replica === undefined ? variables.start : (replicas[replica] ?? 0)) - variables.start;
  return {
    ...master,
    ...workers[worker],
    parameters: master.parameters + moved,
    derived: master.derived + moved,
    state: master.state + moved,
  };
}
