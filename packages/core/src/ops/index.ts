import type { Op } from '../graph/node.ts';
import { addOp } from './add.ts';
import { broadcastToOp } from './broadcastTo.ts';
import { divOp } from './div.ts';
import { equalOp } from './equal.ts';
import { greaterOp } from './greater.ts';
import { greaterEqualOp } from './greaterEqual.ts';
import { lessOp } from './less.ts';
import { lessEqualOp } from './lessEqual.ts';
import { matmulOp } from './matmul.ts';
import { mulOp } from './mul.ts';
import { negOp } from './neg.ts';
import { notEqualOp } from './notEqual.ts';
import { reluOp } from './relu.ts';
import { reshapeOp } from './reshape.ts';
import { stopGradientOp } from './stopGradient.ts';
import { subOp } from './sub.ts';
import { sumOp } from './sum.ts';
import { transposeOp } from './transpose.ts';
import { whereOp } from './where.ts';

export { add } from './add.ts';
export { broadcastTo } from './broadcastTo.ts';
export { div } from './div.ts';
export type { Operand } from './elementwise.ts';
export { equal } from './equal.ts';
export { full, onesLike, zerosLike } from './full.ts';
export { greater } from './greater.ts';
export { greaterEqual } from './greaterEqual.ts';
export { less } from './less.ts';
export { lessEqual } from './lessEqual.ts';
export { matmul } from './matmul.ts';
export { mul } from './mul.ts';
export { neg } from './neg.ts';
export { notEqual } from './notEqual.ts';
export type { ReduceOptions } from './reduce.ts';
export { relu } from './relu.ts';
export { expandDims, reshape, reshapeLike, squeeze } from './reshape.ts';
export { stopGradient } from './stopGradient.ts';
export { sub } from './sub.ts';
export { sum } from './sum.ts';
export { transpose } from './transpose.ts';
export { where } from './where.ts';

/** Every op that ships: what the conformance suite runs over. */
export const allOps: readonly Op[] = [
  addOp,
  broadcastToOp,
  divOp,
  equalOp,
  greaterOp,
  greaterEqualOp,
  lessOp,
  lessEqualOp,
  matmulOp,
  mulOp,
  negOp,
  notEqualOp,
  reluOp,
  reshapeOp,
  stopGradientOp,
  subOp,
  sumOp,
  transposeOp,
  whereOp,
];
