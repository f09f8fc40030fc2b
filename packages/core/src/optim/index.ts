import { adadelta } from './adadelta.ts';
import { adagrad } from './adagrad.ts';
import { adam } from './adam.ts';
import { adamax } from './adamax.ts';
import { adamw } from './adamw.ts';
import { lamb } from './lamb.ts';
import { lion } from './lion.ts';
import { nadam } from './nadam.ts';
import { rmsprop } from './rmsprop.ts';
import { sgd } from './sgd.ts';

export type { AdadeltaOptions } from './adadelta.ts';
export type { AdagradOptions } from './adagrad.ts';
export type { LearningRate } from './learningRate.ts';
export type { LionOptions } from './lion.ts';
export type { AdamOptions } from './moments.ts';
export type { NadamOptions } from './nadam.ts';
export type { Optimizer, UpdateContext, UpdateResult } from './optimizer.ts';
export type { OptimizerGroup, ParameterGroup } from './parameterGroup.ts';
export type { PathPattern } from './pathPattern.ts';
export type { RmspropOptions } from './rmsprop.ts';
export type { Schedule } from './schedule.ts';
export * as schedules from './schedules/index.ts';
export type { SgdOptions } from './sgd.ts';
export type { WeightAverageOptions } from './weightAverage.ts';

/** Optimizers by name. A new one is one line here. */
export const optimizers = {
  adadelta,
  adagrad,
  adam,
  adamax,
  adamw,
  lamb,
  lion,
  nadam,
  rmsprop,
  sgd,
} as const;

export type OptimizerName = keyof typeof optimizers;
