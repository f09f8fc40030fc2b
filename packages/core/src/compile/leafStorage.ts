import {
  type ConstantAttributes,
  constantOp,
  inputOp,
  isMadeBy,
  stepValueOp,
  variableOp,
} from '../graph/leaves.ts';
import type { Node } from '../graph/node.ts';
import type { DType } from '../tensor/dtype.ts';
import type { Storage } from './program.ts';

/** Elements as they lie in memory: float32, or int32 for the other types (masks 0 / -1). */
function storedValues(values: ConstantAttributes['values'], dtype: DType): Float32Array | Int32Array {
  if (dtype === 'float32') return Float32Array.from(values);
  return Int32Array.from(values, (value) => (dtype === 'bool' ? (value === 0 ? 0 : -1) : value));
}

/**
 * What a leaf's tensor is called, if it has a name, and where its memory comes from. Leaves with the same `key` are the same tensor: every
 * variable has a path of its own, inputs and step values may be made again under the same name.
 *
 * @returns undefined for a node that is computed
 */
export function leafStorage(
  node: Node,
): { readonly name?: string; readonly storage: Storage; readonly key?: string } | undefined {
  if (isMadeBy(node, variableOp)) {
    const { path, role } = node.attributes;
    return { name: path, storage: { kind: 'variable', path, role } };
  }
  if (isMadeBy(node, inputOp)) {
    const { name } = node.attributes;
    return { name, storage: { kind: 'input', name }, key: `input ${name}` };
  }
  if (isMadeBy(node, stepValueOp)) {
    const { name } = node.attributes;
    return { name, storage: { kind: 'stepValue', name }, key: `stepValue ${name}` };
  }
  if (isMadeBy(node, constantOp)) {
    const values = storedValues(node.attributes.values, node.dtype);
    return { storage: { kind: 'constant', values } };
  }
  return undefined;
}
