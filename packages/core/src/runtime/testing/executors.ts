import { compile } from '../../compile/compile.ts';
import { lower } from '../../compile/lower.ts';
import type { Graph } from '../../graph/graph.ts';
import { rootsOf, topologicalOrder } from '../../graph/graph.ts';
import { inputOp, isMadeBy, stepValueOp, variableOp } from '../../graph/leaves.ts';
import { canRunProducts, installProducts } from '../../node/installProducts.ts';
import { sizeOf } from '../../tensor/tensorType.ts';
import type { Executor, FloatArray } from '../executor.ts';
import { createInterpreter } from '../interpreter.ts';
import { createSimulation } from '../simulate.ts';
import { wasmExecutor } from '../wasm/executor.ts';

/** How the mini-batch of a graph under test is cut. */
export interface Sizes {
  readonly batchSize: number;
  readonly lanes: number;
}

/** Makes an executor whose only program is a graph, with tables of one entry. */
export type ExecutorFactory<F extends FloatArray = Float32Array> = (
  graph: Graph,
  sizes: Sizes,
) => Executor<F>;

/** The definition of the bits. */
export const oracle: ExecutorFactory = (graph, sizes) =>
  createInterpreter([lower(graph, { ...sizes, steps: 1 })]);

/** The reference for accuracy and for finite differences. */
export const reference: ExecutorFactory<Float64Array> = (graph, sizes) =>
  createInterpreter([lower(graph, { ...sizes, steps: 1 })], { precision: 'float64' });

/** Everything that has to give the oracle's bits, one line each. */
export const executors: Readonly<Record<string, ExecutorFactory>> = {
  wasm: (graph, sizes) => wasmExecutor([{ graph, ...sizes, steps: 1 }]),
  'wasm with wide tiles': (graph, sizes) => wasmExecutor([{ graph, ...sizes, steps: 1 }], { wide: true }),
  'wasm with 3 workers': (graph, sizes) => wasmExecutor([{ graph, ...sizes, steps: 1 }], { workers: 3 }),
  'wasm in 5 parts': (graph, sizes) => wasmExecutor([{ graph, ...sizes, steps: 1 }], { parts: 5 }),
  ...(canRunProducts() && {
    'wasm with machine code': (graph: Graph, sizes: Sizes) =>
      wasmExecutor([{ graph, ...sizes, steps: 1 }], { install: installProducts }),
  }),
  'simulate with 3 workers': (graph, sizes) => simulated(graph, sizes, 3),
};

function simulated(graph: Graph, sizes: Sizes, workers: number): Executor {
  return createSimulation(compile([{ graph, ...sizes, steps: 1 }], { workers }).programs, {
    workers,
    seed: 1,
  });
}

/**
 * Values of inputs and step values, by name, and of variables, by path; those that a graph has no leaf for are left out, and step
 * values that are not given are zeros.
 */
export type InputValues = Readonly<Record<string, ArrayLike<number>>>;

/** Runs one step of a graph; its results by name. */
export function runGraph<F extends FloatArray>(
  make: ExecutorFactory<F>,
  graph: Graph,
  sizes: Sizes,
  values: InputValues,
): Record<string, F | Int32Array> {
  const executor = make(graph, sizes);
  for (const node of topologicalOrder(rootsOf(graph)))
    if (isMadeBy(node, inputOp))
      executor.writeInput(node.attributes.name, values[node.attributes.name] ?? []);
    else if (isMadeBy(node, stepValueOp)) {
      const { name } = node.attributes;
      executor.writeStepValue(graph.name, name, 0, values[name] ?? new Float64Array(sizeOf(node.shape)));
    } else if (isMadeBy(node, variableOp))
      executor.writeVariable(node.attributes.path, values[node.attributes.path] ?? []);
  executor.run(graph.name, 0);
  return Object.fromEntries(
    Object.keys(graph.outputs).map((name) => [name, executor.readResult(graph.name, name, 0)]),
  );
}
