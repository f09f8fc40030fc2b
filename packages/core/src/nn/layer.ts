import type { Node } from '../graph/node.ts';
import type { Scope } from './scope.ts';

/**
 * A part of a model: plain data about itself and a function that builds graph. It holds no weights; they belong to the path
 * it is used at. A layer of your own is an object like this:
 *
 * ```ts
 * const scale: Layer = {
 *   kind: 'scale',
 *   build: (x, scope) => mul(x, scope.variable('factor', { shape: [], initializer: ones })),
 * };
 * ```
 */
export interface Layer {
  readonly kind: string;
  /**
   * @param x - float32, the mini-batch along axis 0
   * @param scope - the layer's place: its variables, whether it is training
   */
  build(x: Node, scope: Scope): Node;
}
