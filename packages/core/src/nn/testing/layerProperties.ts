import { grad } from '../../autodiff/grad.ts';
import { constant, input, type VariableAttributes } from '../../graph/leaves.ts';
import type { Node } from '../../graph/node.ts';
import { mul, sum } from '../../ops/index.ts';
import { bitsOf } from '../../runtime/testing/bits.ts';
import { executors, oracle, reference, runGraph } from '../../runtime/testing/executors.ts';
import { randomNumbers } from '../../runtime/testing/sampleCase.ts';
import { slopeError } from '../../runtime/testing/slope.ts';
import { sizeOf } from '../../tensor/tensorType.ts';
import type { Layer } from '../layer.ts';
import { createScope } from '../scope.ts';

/** One use of a layer, and what it has to give. */
export interface LayerCase {
  readonly name: string;
  readonly layer: Layer;
  /** Of the input, rows first. */
  readonly shape: readonly number[];
  /** Default false: as in evaluation and prediction. */
  readonly training?: boolean;
  /**
   * The output in float64, row-major, in plain JavaScript.
   *
   * @param x - row-major
   * @param variables - by their paths, the layer's own path left out
   */
  readonly wanted: (
    x: readonly number[],
    variables: Readonly<Record<string, readonly number[]>>,
  ) => readonly number[];
}

/** A layer's graph, with random values for its input and its variables. */
interface BuiltLayer {
  readonly x: Node;
  readonly y: Node;
  readonly variables: readonly Node<VariableAttributes>[];
  readonly values: Readonly<Record<string, readonly number[]>>;
}

const path = 'here';

function build({ layer, training = false }: LayerCase, shape: readonly number[]): BuiltLayer {
  const random = randomNumbers(8);
  const draw = (length: number, low: number, high: number): readonly number[] =>
    Array.from({ length }, () => Math.fround(low + (high - low) * random()));
  const { scope, variables } = createScope({ training });
  const x = input('x', { shape, batchAxis: 0 });
  const y = scope.layer(path, layer)(x);
  const nodes = [...variables.values()];
  // Above 0, since some of them are variances.
  const drawn = nodes.map((node) => [node.attributes.path, draw(sizeOf(node.shape), 0.5, 1.5)] as const);
  const values = { ...Object.fromEntries(drawn), x: draw(sizeOf(shape), -2, 2) };
  return { x, y, variables: nodes, values };
}

/** A loss that every element of the output has a part in, and its gradients. */
function differentiate({ x, y, variables }: BuiltLayer) {
  const random = randomNumbers(99);
  const weights = Float32Array.from({ length: sizeOf(y.shape) }, () => random() * 2 - 1);
  const loss = sum(mul(y, constant(weights, { shape: y.shape })));
  const trained = variables.filter(({ attributes }) => attributes.trainable);
  const gradients = grad(loss, [x, ...trained]);
  const names = ['x', ...trained.map(({ attributes }) => attributes.path)];
  const entries = gradients.map((node, at): [string, Node] => [names[at] ?? '', node]);
  return { loss, gradients: Object.fromEntries(entries) };
}

const graphOf = (outputs: Readonly<Record<string, Node>>) => ({ name: 'layer', outputs, updates: [] });

/** What is wrong with a use of a layer; nothing if all is well. */
type Problems = (layerCase: LayerCase) => readonly string[];

/** Elements that are further apart than rounding in float64 explains. */
const differences = (got: ArrayLike<number>, wanted: readonly number[]): readonly string[] =>
  wanted.flatMap((value, at) => {
    const near = Math.abs((got[at] ?? Number.NaN) - value) <= 1e-12 * Math.max(1, Math.abs(value));
    return near ? [] : [`element ${at}: got ${got[at]}, wanted ${value}`];
  });

const valueProblems: Problems = (layerCase) => {
  const { y, values } = build(layerCase, layerCase.shape);
  const sizes = { batchSize: layerCase.shape[0] ?? 1, lanes: 1 };
  const got = runGraph(reference, graphOf({ y }), sizes, values)['y'] ?? [];
  const { x = [], ...variables } = values;
  const named = Object.entries(variables).map(([name, list]) => [name.slice(path.length + 1), list] as const);
  const wanted = layerCase.wanted(x, Object.fromEntries(named));
  return [
    ...(y.batchAxis === 0 ? [] : [`the rows are at axis ${y.batchAxis}`]),
    ...(got.length === wanted.length ? [] : [`got ${got.length} elements, wanted ${wanted.length}`]),
    ...differences(got, wanted),
  ];
};

const gradientProblems: Problems = (layerCase) => {
  const built = build(layerCase, layerCase.shape);
  const sizes = { batchSize: layerCase.shape[0] ?? 1, lanes: 1 };
  const error = slopeError(differentiate(built), sizes, built.values);
  return error < 1e-8 ? [] : [`${error} from the slope`];
};

const bitProblems: Problems = (layerCase) => {
  const built = build(layerCase, layerCase.shape);
  const graph = graphOf({ y: built.y, ...differentiate(built).gradients });
  return [1, 3].flatMap((lanes) => {
    const sizes = { batchSize: layerCase.shape[0] ?? 1, lanes };
    const wanted = runGraph(oracle, graph, sizes, built.values);
    return Object.entries(executors).flatMap(([name, make]) => {
      const got = runGraph(make, graph, sizes, built.values);
      const other = Object.keys(wanted).filter(
        (output) => String(bitsOf(got[output] ?? [])) !== String(bitsOf(wanted[output] ?? [])),
      );
      return other.map((output) => `${name}, ${lanes} lanes: other bits of ${output}`);
    });
  });
};

const batchProblems: Problems = (layerCase) => {
  const [rows = 1, ...row] = layerCase.shape;
  const predicting = { ...layerCase, training: false };
  const { values } = build(predicting, layerCase.shape);
  return ['wasm', 'wasm with wide tiles'].flatMap((name) => {
    const predict = (from: number, to: number): string => {
      const { y } = build(predicting, [to - from, ...row]);
      const x = values['x']?.slice(from * sizeOf(row), to * sizeOf(row)) ?? [];
      const sizes = { batchSize: to - from, lanes: 1 };
      const results = runGraph(executors[name] ?? oracle, graphOf({ y }), sizes, { ...values, x });
      return String(bitsOf(results['y'] ?? []));
    };
    const inParts = `${predict(0, 1)},${predict(1, rows)}`;
    return inParts === predict(0, rows) ? [] : [`${name}: other bits in mini-batches of 1 and ${rows - 1}`];
  });
};

/** What every layer has to keep, in any use: its test runs all of them. */
export const layerProperties: readonly { readonly name: string; readonly problems: Problems }[] = [
  { name: 'gives what a plain float64 reference gives', problems: valueProblems },
  { name: 'has gradients that are slopes', problems: gradientProblems },
  { name: 'has the same bits on every executor', problems: bitProblems },
  { name: 'predicts a row with the same bits in any mini-batch', problems: batchProblems },
];
