export { byEpoch } from './byEpoch.ts';
export { constant } from './constant.ts';
export { type CosineOptions, cosine } from './cosine.ts';
export { type ExponentialOptions, exponential } from './exponential.ts';
export { type OneCycleOptions, oneCycle } from './oneCycle.ts';
export { type PolynomialOptions, polynomial } from './polynomial.ts';
export { type StepOptions, step } from './step.ts';
export { withWarmup } from './withWarmup.ts';
