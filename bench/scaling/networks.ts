import { type Network, networks } from '../engine/networks.ts';

/** A network, and what its scaling has to reach. */
export interface ScalingCase {
  readonly network: Network;
  /** Least speed of 2 workers relative to two independent processes of one worker each. */
  readonly ofIndependent?: number;
  /** Least speed of 8 workers relative to 2, on 2 cores. */
  readonly oversubscribed?: number;
}

const [, middle, large] = networks;

export const scalingCases: readonly ScalingCase[] = [
  {
    network: {
      name: '784-64-64-10, batch 256, SGD',
      sizes: [784, 64, 64, 10],
      batch: 256,
      optimizer: 'sgd',
      learningRate: 0.01,
    },
    ofIndependent: 0.85,
  },
  ...(middle ? [{ network: middle, ofIndependent: 0.95, oversubscribed: 0.9 }] : []),
  ...(large ? [{ network: large }] : []),
];
