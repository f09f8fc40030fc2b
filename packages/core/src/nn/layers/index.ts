export { activation, leakyRelu, relu, sigmoid, softmax, tanh } from './activation.ts';
export { type DenseOptions, dense } from './dense.ts';
export { dropout } from './dropout.ts';
export { frozen } from './frozen.ts';
export { flatten, reshape } from './reshape.ts';
export { sequential } from './sequential.ts';
