import { LockstepError } from '../errors.ts';
import type { Update } from '../graph/graph.ts';
import type { VariableAttributes } from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import { unknownName } from '../nameLookup.ts';
import type { Layer } from './layer.ts';
import { type Collected, createScope, type Scope, type ScopeOptions } from './scope.ts';

/** What one row of an input is; the mini-batch axis comes in front when a graph is made. */
export interface InputType {
  readonly shape: readonly number[];
  /** Default float32. */
  readonly dtype?: 'float32' | 'int32' | 'uint8';
}

/** Named inputs to named outputs. */
export interface Model<Input extends string = string, Output extends string = string> {
  readonly inputs: Readonly<Record<Input, InputType>>;
  build(inputs: Readonly<Record<Input, Node>>, scope: Scope): Readonly<Record<Output, Node>>;
}

export interface ModelOptions<Input extends string, Output extends string> {
  readonly inputs: Readonly<Record<Input, InputType>>;
  /**
   * Any function of nodes; `layer(path, layer)` gives the layer at a path as a function, see {@link Scope.layer}; `scope` is
   * the root, for variables of the model's own.
   */
  readonly build: (
    inputs: Readonly<Record<Input, Node>>,
    layer: Scope['layer'],
    scope: Scope,
  ) => Readonly<Record<Output, Node>>;
}

/**
 * A model of any shape: several inputs and outputs, shared weights, residual connections.
 *
 * ```ts
 * const siamese = model({
 *   inputs: { left: { shape: [64] }, right: { shape: [64] } },
 *   build: ({ left, right }, layer) => {
 *     const encode = layer('encoder', dense(32, { activation: 'relu' }));
 *     return { distance: square(sub(encode(left), encode(right))) };
 *   },
 * });
 * ```
 *
 * `build` runs once for every graph that is made (training, evaluation, each batch size), so it has to be a pure function.
 *
 * @throws LockstepError BAD_OPTION without inputs or for a shape that is none
 */
export function model<Input extends string, Output extends string>(
  options: ModelOptions<Input, Output>,
): Model<Input, Output> {
  const { inputs, build } = options;
  const types = Object.entries<InputType>(inputs);
  if (types.length === 0)
    throw new LockstepError('BAD_OPTION', 'a model has no inputs', { where: { field: 'model.inputs' } });
  for (const [name, { shape }] of types)
    if (!shape.every((size) => Number.isSafeInteger(size) && size > 0))
      throw new LockstepError('BAD_OPTION', 'the shape of an input is not one', {
        where: { field: `model.inputs.${name}.shape` },
        got: `[${shape.join(', ')}]`,
        wanted: 'positive integers',
      });
  return { inputs, build: (nodes, scope) => build(nodes, (path, layer) => scope.layer(path, layer), scope) };
}

function requireInput(name: string, node: Node | undefined): Node {
  if (node === undefined)
    throw new LockstepError('BAD_OPTION', 'an input of the model is missing', {
      where: { field: `model.inputs.${name}` },
    });
  return node;
}

/** A layer (a `sequential`, say) as a model of one input, whose output is called `output`. */
export function modelOfLayer(layer: Layer, name: string, type: InputType): Model<string, 'output'> {
  return model({
    inputs: { [name]: type },
    build: (nodes, _layer, scope) => ({ output: layer.build(requireInput(name, nodes[name]), scope) }),
  });
}

/** A model that has been built on given input nodes. */
export interface BuiltModel extends Pick<Collected, 'layers' | 'uses'> {
  readonly outputs: Readonly<Record<string, Node>>;
  /** By path, in the order of building. */
  readonly variables: ReadonlyMap<string, Node<VariableAttributes>>;
  /** Scalars to be added to the training loss. */
  readonly penalties: readonly Node[];
  /** New values of statistics, if it is built for training. */
  readonly updates: readonly Update[];
}

function checkInput(name: string, type: InputType, given: Node | undefined): void {
  const { shape, dtype = 'float32' } = type;
  const node = requireInput(name, given);
  if (node.batchAxis !== 0 || String(node.shape.slice(1)) !== String(shape) || node.dtype !== dtype)
    throw new LockstepError('SHAPE_MISMATCH', 'an input is not what the model says it is', {
      where: { field: `model.inputs.${name}` },
      got: `${node.dtype} [${node.shape.join(', ')}]${node.batchAxis === 0 ? '' : ' without a mini-batch along axis 0'}`,
      wanted: `${dtype} [${['rows', ...shape].join(', ')}]`,
    });
}

/**
 * Builds a model on nodes.
 *
 * @param inputs - a node for each input, the mini-batch along axis 0
 * @throws LockstepError UNKNOWN_OPTION, BAD_OPTION or SHAPE_MISMATCH when the nodes are not the model's inputs
 */
export function buildModel(
  model: Model,
  inputs: Readonly<Record<string, Node>>,
  options: ScopeOptions,
): BuiltModel {
  for (const name of Object.keys(inputs))
    if (!Object.hasOwn(model.inputs, name)) throw unknownName('input', name, Object.keys(model.inputs));
  for (const [name, type] of Object.entries(model.inputs)) checkInput(name, type, inputs[name]);
  const { scope, layers, uses, variables, penalties, updates } = createScope(options);
  const outputs = model.build(inputs, scope);
  return {
    outputs,
    layers,
    uses,
    variables,
    penalties,
    updates: Array.from(updates, ([variable, value]) => ({ variable, value })),
  };
}
