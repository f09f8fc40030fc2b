import type { Op } from '../graph/node.ts';
import { absOp } from './abs.ts';
import { addOp } from './add.ts';
import { batchMatmulOp } from './batchMatmul.ts';
import { broadcastToOp } from './broadcastTo.ts';
import { castOp } from './cast.ts';
import { clipOp } from './clip.ts';
import { concatOp } from './concat.ts';
import { cumsumOp } from './cumsum.ts';
import { divOp } from './div.ts';
import { eluOp } from './elu.ts';
import { embeddingOp } from './embedding.ts';
import { equalOp } from './equal.ts';
import { firstEqualOp, nextEqualOp } from './equalPositions.ts';
import { erfOp } from './erf.ts';
import { erfInvOp } from './erfInv.ts';
import { expOp } from './exp.ts';
import { expm1Op } from './expm1.ts';
import { gatherOp, scatterAddOp } from './gatherScatter.ts';
import { geluOp } from './gelu.ts';
import { geluTanhOp } from './geluTanh.ts';
import { greaterOp } from './greater.ts';
import { greaterEqualOp } from './greaterEqual.ts';
import { iotaOp } from './iota.ts';
import { leakyReluOp } from './leakyRelu.ts';
import { lengthOp } from './length.ts';
import { lessOp } from './less.ts';
import { lessEqualOp } from './lessEqual.ts';
import { logOp } from './log.ts';
import { log1pOp } from './log1p.ts';
import { logicalAndOp } from './logicalAnd.ts';
import { logicalNotOp } from './logicalNot.ts';
import { logicalOrOp } from './logicalOr.ts';
import { logSoftmaxOp } from './logSoftmax.ts';
import { logSumExpOp } from './logSumExp.ts';
import { matmulOp } from './matmul.ts';
import { maxOp } from './max.ts';
import { maximumOp } from './maximum.ts';
import { minOp } from './min.ts';
import { minimumOp } from './minimum.ts';
import { mulOp } from './mul.ts';
import { negOp } from './neg.ts';
import { notEqualOp } from './notEqual.ts';
import { pickOp } from './pick.ts';
import { normalFromBitsOp, randomBitsOp, uniformFromBitsOp } from './random.ts';
import { reciprocalOp } from './reciprocal.ts';
import { reluOp } from './relu.ts';
import { reshapeOp } from './reshape.ts';
import { rowBitsOp } from './rowRandom.ts';
import { sigmoidOp } from './sigmoid.ts';
import { signOp } from './sign.ts';
import { siluOp } from './silu.ts';
import { padOp, sliceOp } from './slicePad.ts';
import { softmaxOp } from './softmax.ts';
import { softplusOp } from './softplus.ts';
import { sqrtOp } from './sqrt.ts';
import { squareOp } from './square.ts';
import { stopGradientOp } from './stopGradient.ts';
import { subOp } from './sub.ts';
import { sumOp } from './sum.ts';
import { sumEqualOp } from './sumEqual.ts';
import { takeAlongLastAxisOp } from './takeAlongLastAxis.ts';
import { tanhOp } from './tanh.ts';
import { topKOp } from './topK.ts';
import { transposeOp } from './transpose.ts';
import { cosOp, sinOp } from './trigonometric.ts';
import { squaredDeviationOp } from './variance.ts';
import { whereOp } from './where.ts';

/** Every op that ships, one line each: what the conformance suite runs over. */
export const allOps: readonly Op[] = [
  absOp,
  addOp,
  broadcastToOp,
  castOp,
  divOp,
  embeddingOp,
  equalOp,
  firstEqualOp,
  nextEqualOp,
  erfOp,
  erfInvOp,
  expOp,
  expm1Op,
  gatherOp,
  scatterAddOp,
  greaterOp,
  greaterEqualOp,
  iotaOp,
  leakyReluOp,
  lessOp,
  lessEqualOp,
  logOp,
  log1pOp,
  logSoftmaxOp,
  logSumExpOp,
  logicalAndOp,
  logicalNotOp,
  logicalOrOp,
  matmulOp,
  maxOp,
  maximumOp,
  minOp,
  minimumOp,
  mulOp,
  negOp,
  notEqualOp,
  pickOp,
  randomBitsOp,
  uniformFromBitsOp,
  normalFromBitsOp,
  reciprocalOp,
  reluOp,
  reshapeOp,
  rowBitsOp,
  sigmoidOp,
  signOp,
  softmaxOp,
  softplusOp,
  sqrtOp,
  squareOp,
  stopGradientOp,
  subOp,
  sumOp,
  sumEqualOp,
  tanhOp,
  transposeOp,
  sinOp,
  cosOp,
  whereOp,
  takeAlongLastAxisOp,
  topKOp,
  cumsumOp,
  batchMatmulOp,
  concatOp,
  padOp,
  sliceOp,
  clipOp,
  eluOp,
  geluOp,
  geluTanhOp,
  lengthOp,
  siluOp,
  squaredDeviationOp,
];
