import { readdirSync, readFileSync } from 'node:fs';

/** What test/fixtures/pytorch/README.md describes. */
export interface Fixture {
  readonly name: string;
  readonly model: SequentialModel | FunctionalModel;
  readonly loss: FixtureLoss | { readonly name: 'weightedSum'; readonly terms: readonly FixtureTerm[] };
  readonly optimizer: FixtureOptimizer;
  readonly l2?: { readonly lambda: number; readonly parameters: readonly string[] };
  readonly clip?: { readonly maxNorm: number };
  readonly schedule?: {
    readonly warmupSteps: number;
    readonly totalSteps: number;
    readonly minLr: number;
  };
  readonly groups?: readonly FixtureGroup[];
  readonly averageDecay?: number;
  readonly steps: number;
  readonly rows: number;
  readonly batchSize: number;
  readonly data: { readonly inputs: readonly DataTensor[]; readonly targets: readonly DataTensor[] };
  readonly initialWeights: readonly Tensor[];
  readonly firstGradients: readonly Tensor[];
  readonly finalWeights: readonly Tensor[];
  readonly finalAverages?: readonly Tensor[];
  readonly losses: readonly number[];
}

export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

export interface DataTensor extends Tensor {
  readonly dtype: 'float' | 'index';
}

export interface DenseLayer {
  readonly type: 'dense';
  readonly out: number;
  readonly bias: boolean;
}

export type FixtureLayer =
  | DenseLayer
  | { readonly type: 'leakyRelu'; readonly slope: number }
  | { readonly type: 'dropout'; readonly rate: number }
  | { readonly type: 'relu' | 'sigmoid' | 'tanh' | 'softmax' };

export interface SequentialModel {
  readonly kind: 'sequential';
  readonly layers: readonly FixtureLayer[];
}

export type FixtureNode = { readonly name: string; readonly inputs: readonly string[] } & (
  | { readonly op: 'dense'; readonly layer: string }
  | { readonly op: 'leakyRelu'; readonly slope: number }
  | { readonly op: 'tanh' | 'relu' | 'add' | 'concat' }
);

export interface FunctionalModel {
  readonly kind: 'functional';
  readonly inputs: readonly { readonly name: string; readonly size: number }[];
  readonly layers: readonly (DenseLayer & { readonly name: string })[];
  readonly nodes: readonly FixtureNode[];
  readonly outputs: readonly string[];
}

export type FixtureLoss =
  | { readonly name: 'mse' | 'bceWithLogits' }
  | { readonly name: 'softmaxCrossEntropy'; readonly targets: 'sparse' | 'dense' };

export type FixtureTerm = FixtureLoss & {
  readonly output: string;
  readonly target: string;
  readonly weight: number;
};

export type FixtureOptimizer =
  | {
      readonly name: 'sgd';
      readonly lr: number;
      readonly momentum: number;
      readonly weightDecay: number;
      readonly nesterov: boolean;
    }
  | {
      readonly name: 'adam' | 'adamw' | 'adamax' | 'radam';
      readonly lr: number;
      readonly beta1: number;
      readonly beta2: number;
      readonly eps: number;
      readonly weightDecay?: number;
    }
  | {
      readonly name: 'nadam';
      readonly lr: number;
      readonly beta1: number;
      readonly beta2: number;
      readonly eps: number;
      readonly momentumDecay: number;
      readonly weightDecay: number;
    }
  | {
      readonly name: 'adagrad';
      readonly lr: number;
      readonly lrDecay: number;
      readonly initialSum: number;
      readonly eps: number;
      readonly weightDecay: number;
    }
  | {
      readonly name: 'adadelta';
      readonly lr: number;
      readonly rho: number;
      readonly eps: number;
      readonly weightDecay: number;
    }
  | {
      readonly name: 'rmsprop';
      readonly lr: number;
      readonly rho: number;
      readonly eps: number;
      readonly momentum: number;
      readonly centered: boolean;
      readonly weightDecay: number;
    };

/** Parameters that are trained in another way, or not at all. */
export interface FixtureGroup {
  readonly parameters: readonly string[];
  readonly frozen?: boolean;
  readonly optimizer?: FixtureOptimizer;
  readonly weightDecay?: number;
  readonly lrFactor?: number;
}

/** Every training run that PyTorch made for us. */
export function readFixtures(): readonly Fixture[] {
  const folder = new URL('../fixtures/pytorch/', import.meta.url);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Fixture);
}
