import { adam, dense, type Layer, type Optimizer, sequential, sgd } from '@lockstep/core';

/** A dense network and how it is trained, for both sides of a comparison. */
export interface Network {
  readonly name: string;
  /** Width of the input, of each hidden layer (ReLU), and the number of classes. */
  readonly sizes: readonly number[];
  readonly batch: number;
  readonly optimizer: 'sgd' | 'adam';
  readonly learningRate: number;
}

const small = [784, 64, 64, 10];
const middle = [784, 512, 512, 10];

export const networks: readonly Network[] = [
  { name: '784-64-64-10, batch 32, SGD', sizes: small, batch: 32, optimizer: 'sgd', learningRate: 0.01 },
  {
    name: '784-512-512-10, batch 128, Adam',
    sizes: middle,
    batch: 128,
    optimizer: 'adam',
    learningRate: 1e-3,
  },
  {
    name: '784-512-512-10, batch 1024, Adam',
    sizes: middle,
    batch: 1024,
    optimizer: 'adam',
    learningRate: 1e-3,
  },
];

/**
 * Additions and multiplications of the matrix products that one row takes in a training step: forward, weight gradient and, but
 * for the first layer, input gradient.
 */
export function flopsPerRow({ sizes }: Pick<Network, 'sizes'>): number {
  return sizes.slice(1).reduce((total, outputs, layer) => {
    const product = 2 * (sizes[layer] ?? 0) * outputs;
    return total + (layer === 0 ? 2 : 3) * product;
  }, 0);
}

export function layersOf({ sizes }: Pick<Network, 'sizes'>): Layer {
  const widths = sizes.slice(1);
  return sequential(
    ...widths.map((units, at) => dense(units, at < widths.length - 1 ? { activation: 'relu' } : {})),
  );
}

export function optimizerOf({ optimizer, learningRate }: Network): Optimizer {
  return optimizer === 'sgd' ? sgd({ learningRate }) : adam({ learningRate });
}
