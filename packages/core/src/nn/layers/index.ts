export { activation, leakyRelu, relu, sigmoid, softmax, tanh } from './activation.ts';
export { type BatchNormOptions, batchNorm } from './batchNorm.ts';
export { type DenseOptions, dense } from './dense.ts';
export { dropout } from './dropout.ts';
export { frozen } from './frozen.ts';
export { type LayerNormOptions, layerNorm } from './layerNorm.ts';
export type { NormaliseOptions } from './normalise.ts';
export { flatten, reshape } from './reshape.ts';
export { sequential } from './sequential.ts';
