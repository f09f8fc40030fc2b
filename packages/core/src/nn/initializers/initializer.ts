import type { Node } from '../../graph/node.ts';

/**
 * Makes the graph of a variable's value at the start: float32, of the given shape. Random ones draw from the stream that
 * belongs to the variable's path, so that adding a layer changes no other layer's start.
 */
export type Initializer = (shape: readonly number[], path: string) => Node;
