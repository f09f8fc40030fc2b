export { constant } from './constant.ts';
export { type CosineOptions, cosine } from './cosine.ts';
export { withWarmup } from './withWarmup.ts';
