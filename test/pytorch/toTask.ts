import { type Dataset, fromArrays } from '../../packages/core/src/data/index.ts';
import { constant } from '../../packages/core/src/graph/leaves.ts';
import type { Node } from '../../packages/core/src/graph/node.ts';
import { activations } from '../../packages/core/src/nn/activations.ts';
import type { Layer } from '../../packages/core/src/nn/layer.ts';
import * as layers from '../../packages/core/src/nn/layers/index.ts';
import { type Loss, losses } from '../../packages/core/src/nn/losses/index.ts';
import { type Model, model, modelOfLayer } from '../../packages/core/src/nn/model.ts';
import * as ops from '../../packages/core/src/ops/index.ts';
import type { LossTerm, Task } from '../../packages/core/src/train/task.ts';
import type {
  DenseLayer,
  Fixture,
  FixtureLayer,
  FixtureLoss,
  FixtureNode,
  FunctionalModel,
} from './fixture.ts';
import { toOptimizers } from './toOptimizers.ts';

// The initial weights are the fixture's, so how ours would start does not matter.
const toDense = ({ out, bias }: DenseLayer): Layer =>
  layers.dense(out, { useBias: bias, kernelInitializer: 'zeros' });

function toLayer(layer: FixtureLayer): Layer {
  switch (layer.type) {
    case 'dense':
      return toDense(layer);
    case 'leakyRelu':
      return layers.leakyRelu(layer.slope);
    case 'dropout':
      return layers.dropout(layer.rate);
    default:
      return layers.activation(layer.type);
  }
}

/** [a b] along the last axis, by products with the parts of an identity matrix: exact, since each sum has one term that is not 0. */
function concat(a: Node, b: Node): Node {
  const [left = 0, right = 0] = [a.shape[1], b.shape[1]];
  const width = left + right;
  const part = (rows: number, first: number): Node =>
    constant(
      Array.from({ length: rows * width }, (_, at) =>
        at % width === first + Math.floor(at / width) ? 1 : 0,
      ),
      { shape: [rows, width] },
    );
  return ops.add(ops.matmul(a, part(left, 0)), ops.matmul(b, part(right, left)));
}

function toFunctional({ inputs, layers: dense, nodes, outputs }: FunctionalModel): Model {
  return model({
    inputs: Object.fromEntries(inputs.map(({ name, size }) => [name, { shape: [size] }])),
    build: (given, layer) => {
      const values = new Map(Object.entries(given));
      const made = new Map(dense.map((entry) => [entry.name, toDense(entry)]));
      const find = (name: string | undefined): Node => {
        const value = values.get(name ?? '');
        if (value === undefined) throw new Error(`the fixture has no node ${name}`);
        return value;
      };
      const evaluate = (node: FixtureNode): Node => {
        const x = find(node.inputs[0]);
        switch (node.op) {
          case 'dense': {
            const shared = made.get(node.layer);
            if (shared === undefined) throw new Error(`the fixture has no layer ${node.layer}`);
            return layer(node.layer, shared)(x);
          }
          case 'leakyRelu':
            return ops.leakyRelu(x, node.slope);
          case 'add':
            return ops.add(x, find(node.inputs[1]));
          case 'concat':
            return concat(x, find(node.inputs[1]));
          default:
            return activations[node.op](x);
        }
      };
      for (const node of nodes) values.set(node.name, evaluate(node));
      return Object.fromEntries(outputs.map((name) => [name, find(name)]));
    },
  });
}

function toModel({ model: given, data }: Fixture): Model {
  if (given.kind === 'functional') return toFunctional(given);
  const [x] = data.inputs;
  return modelOfLayer(layers.sequential(...given.layers.map(toLayer)), 'x', {
    shape: x?.shape.slice(1) ?? [],
  });
}

function toLoss(loss: FixtureLoss): Loss {
  switch (loss.name) {
    case 'mse':
      return losses.meanSquaredError;
    case 'bceWithLogits':
      return losses.binaryCrossentropy;
    default:
      return loss.targets === 'sparse'
        ? losses.sparseCategoricalCrossentropy
        : losses.categoricalCrossentropy;
  }
}

function toLosses({ loss }: Fixture): readonly LossTerm[] {
  if (loss.name !== 'weightedSum') return [{ output: 'output', target: 't', loss: toLoss(loss) }];
  return loss.terms.map((term) => ({
    output: term.output,
    target: term.target,
    weight: term.weight,
    loss: toLoss(term),
  }));
}

/** The same training in our words. */
export function toTask(fixture: Fixture): Task {
  return {
    model: toModel(fixture),
    losses: toLosses(fixture),
    metrics: {},
    ...toOptimizers(fixture),
    ...(fixture.l2 === undefined ? {} : { l2: fixture.l2.lambda }),
    ...(fixture.clip === undefined ? {} : { clipping: { globalNorm: fixture.clip.maxNorm } }),
  };
}

/** All rows of a fixture. */
export function toDataset({ data }: Fixture): Dataset {
  return fromArrays(
    Object.fromEntries(
      [...data.inputs, ...data.targets].map(({ name, shape, dtype, values }) => [
        name,
        {
          values: dtype === 'index' ? Int32Array.from(values) : Float32Array.from(values),
          shape: shape.slice(1),
        },
      ]),
    ),
  );
}
