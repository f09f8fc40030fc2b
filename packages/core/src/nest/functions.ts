import { cos } from './functions/cos.ts';
import { erf } from './functions/erf.ts';
import { erfInv } from './functions/erfInv.ts';
import { exp } from './functions/exp.ts';
import { expm1 } from './functions/expm1.ts';
import { log } from './functions/log.ts';
import { log1p } from './functions/log1p.ts';
import { sigmoid } from './functions/sigmoid.ts';
import { sin } from './functions/sin.ts';
import { softplus } from './functions/softplus.ts';
import type { StrictFunction } from './functions/strictFunction.ts';
import { tanh } from './functions/tanh.ts';

const define = <const T extends Record<string, StrictFunction>>(table: T): T => table;

/** Every strict function that a `call` scalar can name. A new one is a file in `functions/` and one line here. */
export const functions = define({
  exp,
  log,
  tanh,
  sigmoid,
  log1p,
  expm1,
  erf,
  erfInv,
  sin,
  cos,
  softplus,
});

export type FunctionName = keyof typeof functions;
