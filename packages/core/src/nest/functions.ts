import { exp } from './functions/exp.ts';
import { log } from './functions/log.ts';
import type { StrictFunction } from './functions/strictFunction.ts';

const define = <const T extends Record<string, StrictFunction>>(table: T): T => table;

/** Every strict function that a `call` scalar can name. A new one is a file in `functions/` and one line here. */
export const functions = define({
  exp,
  log,
});

export type FunctionName = keyof typeof functions;
