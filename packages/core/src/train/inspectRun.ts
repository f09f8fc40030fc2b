import { type Compilation, compile, type ProgramSource } from '../compile/compile.ts';
import { graphFlops } from '../compile/flops.ts';
import { type MemoryPlan, memoryPlan } from '../compile/memoryPlan.ts';
import { withRing } from '../data/rowStream.ts';
import type { Run } from './defineRun.ts';
import { type LayerSummary, layerSummaries, type VariableCounts } from './layerSummaries.ts';
import { engineSteps } from './pass.ts';
import { prepareRun } from './prepareRun.ts';

/** What a run consists of, and what it is going to take. */
export interface RunInspection {
  /** In the order in which they are used. */
  readonly layers: readonly LayerSummary[];
  /** Of all layers together. */
  readonly totals: VariableCounts & { readonly frozen: number };
  /**
   * Floating-point operations, a multiply-add being 2: of a row that is predicted; of the first training step (forward, backward
   * and update, for all rows of its mini-batch); of all training steps of an epoch.
   */
  readonly flops: { readonly row: number; readonly step: number; readonly epoch: number };
  readonly memory: MemoryPlan;
  readonly stepsPerEpoch: number;
  /** Unless something stops the run before. */
  readonly steps: number;
  /** Workers that it was compiled for. */
  readonly workers: number;
  /** The graphs of the run, and what becomes of them. */
  readonly sources: readonly ProgramSource[];
  readonly compilation: Compilation;
}

export interface InspectOptions {
  /** Default: {@link compile} for one worker. */
  readonly compile?: (sources: readonly ProgramSource[]) => Compilation;
}

const modelKind = ({ options: { model } }: Run): string => ('kind' in model ? model.kind : 'model');

/**
 * Says of a run what it consists of and what it is going to take, before anything is trained: its layers, how many numbers
 * it trains, how many operations a step takes, where the memory goes. Nothing of it knows any kind of layer: operations are
 * counted in the loop nests of the graphs, memory in the compiled programs.
 *
 * ```ts
 * const { layers, totals, flops, memory } = inspectRun(run);
 * ```
 *
 * @throws LockstepError as `fit` does before the first step: MEMORY_LIMIT, with what takes how much, for a run that does not fit
 */
export function inspectRun(run: Run, options: InspectOptions = {}): RunInspection {
  const { plan, sources } = prepareRun(run);
  const compilation = (options.compile ?? compile)(sources);
  const layers = layerSummaries(run.task, withRing(run.train, run.batchSize), modelKind(run));
  const total = (count: (layer: LayerSummary) => number): number =>
    layers.reduce((sum, layer) => sum + count(layer), 0);
  const parameters = total((layer) => layer.parameters);
  const trained = total((layer) => layer.trained);
  const flopsOf = new Map(sources.map(({ graph }) => [graph.name, graphFlops(graph)]));
  const { steps } = plan.training;
  const flopsOfSteps = (count?: number): number =>
    engineSteps(steps.slice(0, count)).reduce((sum, { program }) => sum + (flopsOf.get(program) ?? 0), 0);
  return {
    layers,
    totals: {
      parameters,
      trained,
      frozen: parameters - trained,
      statistics: total((layer) => layer.statistics),
    },
    flops: { row: total((layer) => layer.flops), step: flopsOfSteps(1), epoch: flopsOfSteps() },
    memory: memoryPlan(compilation),
    stepsPerEpoch: plan.start.stepsPerEpoch,
    steps: plan.lastStep,
    workers: compilation.workers,
    sources,
    compilation,
  };
}
