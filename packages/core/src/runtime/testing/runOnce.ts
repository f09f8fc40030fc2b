import { defaultLanes } from '../../compile/lanes.ts';
import { lower } from '../../compile/lower.ts';
import { rootsOf, topologicalOrder } from '../../graph/graph.ts';
import { inputOp, isMadeBy, stepValueOp, variableOp } from '../../graph/leaves.ts';
import type { Node } from '../../graph/node.ts';
import { createInterpreter } from '../interpreter.ts';

export interface RunOnceOptions {
  /** Default float32, which gives the bits of every executor. */
  readonly precision?: 'float32' | 'float64';
  /** Rows of the mini-batch. Default: none. */
  readonly batchSize?: number;
}

/**
 * Values of a few nodes, computed once by the interpreter.
 *
 * @param outputs - the nodes, by any name
 * @param values - of inputs and step values by name, of variables by path; row-major. What is not given is 0.
 * @returns row-major values, by the names of `outputs`
 */
export function runOnce<Name extends string>(
  outputs: Readonly<Record<Name, Node>>,
  values: Readonly<Record<string, ArrayLike<number>>> = {},
  options: RunOnceOptions = {},
): Record<Name, readonly number[]> {
  const { precision = 'float32', batchSize = 0 } = options;
  const graph = { name: 'once', outputs, updates: [] };
  const program = lower(graph, { batchSize, lanes: defaultLanes(batchSize), steps: 1 });
  const interpreter =
    precision === 'float64' ? createInterpreter([program], { precision }) : createInterpreter([program]);
  for (const node of topologicalOrder(rootsOf(graph))) {
    if (isMadeBy(node, inputOp)) {
      const given = values[node.attributes.name];
      if (given) interpreter.writeInput(node.attributes.name, given);
    } else if (isMadeBy(node, stepValueOp)) {
      const given = values[node.attributes.name];
      if (given) interpreter.writeStepValue(program.name, node.attributes.name, 0, given);
    } else if (isMadeBy(node, variableOp)) {
      const given = values[node.attributes.path];
      if (given) interpreter.writeVariable(node.attributes.path, given);
    }
  }
  interpreter.run(program.name, 0);
  const read = (name: Name): readonly number[] => Array.from(interpreter.readResult(program.name, name, 0));
  const names = Object.keys(outputs) as Name[];
  return Object.fromEntries(names.map((name) => [name, read(name)])) as Record<Name, readonly number[]>;
}
