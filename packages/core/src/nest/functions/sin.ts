import { i32, primitive, type Scalar } from '../scalar.ts';
import { assemble, halfTurnSign, quarterTurns } from './quarterTurns.ts';
import type { StrictFunction } from './strictFunction.ts';

/** sin x for |x| <= 102943, NaN beyond. Computed for |x|; the sign of x is put back, so it is odd and keeps -0. */
function expand(x: Scalar): Scalar {
  const size = primitive('abs', x);
  const { turns, sine, cosine } = quarterTurns(size);
  const signOfX = primitive('intAnd', primitive('floatToBits', x), i32(0x80000000));
  const sign = primitive('intXor', halfTurnSign(turns), signOfX);
  return assemble({ size, turns, even: sine, odd: cosine, sign });
}

/** Worst of all float32 with |x| <= 102943: 3.267 ulp at 27671.398, also next to zeros of the sine. */
export const sin: StrictFunction = { arity: 1, expand, reference: Math.sin, ulp: 3.3 };
