import { adam } from './adam.ts';
import { adamw } from './adamw.ts';
import { sgd } from './sgd.ts';

export type { LearningRate } from './learningRate.ts';
export type { AdamOptions } from './moments.ts';
export type { Optimizer, UpdateContext, UpdateResult } from './optimizer.ts';
export type { Schedule } from './schedule.ts';
export * as schedules from './schedules/index.ts';
export type { SgdOptions } from './sgd.ts';

/** Optimizers by name. A new one is one line here. */
export const optimizers = { adam, adamw, sgd } as const;

export type OptimizerName = keyof typeof optimizers;
