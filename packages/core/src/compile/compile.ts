import type { Graph } from '../graph/graph.ts';
import { balanceShares } from './balance.ts';
import { explicitReduce, type ReduceMode } from './explicitReduce.ts';
import { gatheredVariables } from './gatheredVariables.ts';
import { inlineMaps } from './inline.ts';
import { lower } from './lower.ts';
import { mergeEpilogues } from './merge.ts';
import { narrowToGuards } from './narrow.ts';
import { chooseOperands, collectCopies, storeCopies } from './operands.ts';
import { partition } from './partition.ts';
import { cutShares } from './pieces.ts';
import { placeTensors, type SegmentBytes } from './place.ts';
import type { Program } from './program.ts';
import { assignLayouts, chooseRowUnit, groupKernels } from './schedule.ts';
import { simplify } from './simplify.ts';

/** One computation to compile. */
export interface ProgramSource {
  readonly graph: Graph;
  /** Rows of the mini-batch; 0 when the graph has none. */
  readonly batchSize: number;
  /** Parts that a sum over the mini-batch is made in; see `defaultLanes`. */
  readonly lanes: number;
  /** Entries of the tables of step values and results. */
  readonly steps: number;
  /** Another way to make the steps of the program of this name: with its tables and results, and an equal graph. */
  readonly insteadOf?: string;
  /** How sums over the mini-batch are combined. Default: what the options say. */
  readonly reduce?: ReduceMode;
}

export interface CompileOptions {
  /** Workers that will share each program; decides the size of units, never a bit of any result. */
  readonly workers?: number;
  /**
   * How many of them can run at the same time: smaller units, for more, would only cost. It changes no bit either. Default: all.
   */
  readonly cores?: number;
  /** How sums over the mini-batch are combined; same bits. Default `fused`. */
  readonly reduce?: ReduceMode;
}

/** Programs that share one arena. */
export interface Compilation {
  readonly programs: readonly Program[];
  readonly bytes: SegmentBytes;
  readonly workers: number;
  /** Bytes after the segments that whoever runs the programs wants for copies of some. Default 0. */
  readonly extraBytes?: number;
}

/**
 * Compiles graphs that share variables and inputs: simplify, lower, inline maps, narrow, choose operands, partition into
 * phases, merge epilogues, group, balance, cut, lay out, place. Every pass takes a Program and answers with one, and none changes a bit.
 *
 * @throws LockstepError what the graph's checker and the passes throw; MEMORY_LIMIT when it does not fit
 */
export function compile(sources: readonly ProgramSource[], options: CompileOptions = {}): Compilation {
  const workers = options.workers ?? 1;
  const lowered = sources.map(({ graph, batchSize, lanes, steps }) =>
    narrowToGuards(inlineMaps(lower(simplify(graph), { batchSize, lanes, steps }))),
  );
  const orientation = new Map<string, number | undefined>();
  const chosen = lowered.map((program) => chooseOperands(program, orientation));
  const copies = collectCopies(chosen);
  const gathered = gatheredVariables(chosen);
  const programs = chosen.map((program, at): Program => {
    const { insteadOf, reduce = options.reduce ?? 'fused' } = sources[at] ?? {};
    const rowUnit = chooseRowUnit(program.batchSize, Math.min(workers, options.cores ?? workers));
    const { program: reducing, owners } = explicitReduce(storeCopies(program, copies), reduce);
    const phased = partition(reducing, rowUnit, owners);
    const grouped = groupKernels(mergeEpilogues(phased));
    const scheduled = assignLayouts(cutShares(balanceShares(grouped, workers), workers), rowUnit, gathered);
    return insteadOf === undefined ? scheduled : { ...scheduled, insteadOf };
  });
  return { ...placeTensors(programs, workers), workers };
}
