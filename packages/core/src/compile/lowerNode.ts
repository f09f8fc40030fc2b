import type { Node } from '../graph/node.ts';
import type { TensorRef } from '../nest/lowering.ts';
import type { Nest } from '../nest/nest.ts';
import type { TensorType } from '../tensor/tensorType.ts';

/** The loop nests of one node, and the types of the tensors that they name. */
export interface LoweredNode {
  readonly nests: readonly Nest[];
  readonly tensors: readonly TensorType[];
}

/** Lowers a node by itself; its operands are tensors like its own. */
export function lowerNode(node: Node): LoweredNode {
  const nests: Nest[] = [];
  const tensors: TensorRef[] = [];
  const ofNode = new Map<Node, TensorRef>();
  const temporary = ({ shape, dtype, batchAxis }: TensorType): TensorRef => {
    const tensor = { id: tensors.length, shape, dtype, ...(batchAxis === undefined ? {} : { batchAxis }) };
    tensors.push(tensor);
    return tensor;
  };
  node.op.lower?.(
    {
      tensor: (of) => {
        const tensor = ofNode.get(of) ?? temporary(of);
        ofNode.set(of, tensor);
        return tensor;
      },
      temporary,
      nest: (nest) => nests.push(nest),
    },
    node,
  );
  return { nests, tensors };
}
