import type * as optimizers from './optimizers.ts';

export type { LearningRate } from './learningRate.ts';
export type { AdamOptions } from './moments.ts';
export type { Optimizer, UpdateContext, UpdateResult } from './optimizer.ts';
export * as optimizers from './optimizers.ts';
export type { OptimizerGroup, ParameterGroup } from './parameterGroup.ts';
export type { PathPattern } from './pathPattern.ts';
export type { Schedule } from './schedule.ts';
export * as schedules from './schedules/index.ts';
export type { WeightAverageOptions } from './weightAverage.ts';

export type OptimizerName = keyof typeof optimizers;
