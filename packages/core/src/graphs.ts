// What a training step of one's own is written with, beside `ops`: leaves, differentiation, and the form of a graph that
// `executors` run.

export { grad } from './autodiff/grad.ts';
export type { ProgramSource } from './compile/compile.ts';
export type { Graph, Update } from './graph/graph.ts';
export { constant, input, stepValue, variable } from './graph/leaves.ts';
export type { Executor, FloatArray } from './runtime/executor.ts';
