import { describe, expect, test } from 'vitest';
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

function checkValues(layerCase: LayerCase): void {
  const { y, values } = build(layerCase, layerCase.shape);
  const sizes = { batchSize: layerCase.shape[0] ?? 1, lanes: 1 };
  const got = Array.from(runGraph(reference, graphOf({ y }), sizes, values)['y'] ?? []);
  const { x = [], ...variables } = values;
  const named = Object.entries(variables).map(([name, list]) => [name.slice(path.length + 1), list] as const);
  const wanted = layerCase.wanted(x, Object.fromEntries(named));
  expect(y.batchAxis).toBe(0);
  expect(got.length).toBe(wanted.length);
  for (const [at, value] of wanted.entries())
    expect(Math.abs((got[at] ?? Number.NaN) - value), `element ${at}`).toBeLessThanOrEqual(
      1e-12 * Math.max(1, Math.abs(value)),
    );
}

function checkGradients(layerCase: LayerCase): void {
  const built = build(layerCase, layerCase.shape);
  const sizes = { batchSize: layerCase.shape[0] ?? 1, lanes: 1 };
  expect(slopeError(differentiate(built), sizes, built.values)).toBeLessThan(1e-8);
}

function checkBits(layerCase: LayerCase): void {
  const built = build(layerCase, layerCase.shape);
  const graph = graphOf({ y: built.y, ...differentiate(built).gradients });
  for (const lanes of [1, 3]) {
    const sizes = { batchSize: layerCase.shape[0] ?? 1, lanes };
    const wanted = runGraph(oracle, graph, sizes, built.values);
    for (const [name, make] of Object.entries(executors)) {
      const got = runGraph(make, graph, sizes, built.values);
      for (const [output, values] of Object.entries(wanted))
        expect(bitsOf(got[output] ?? []), `${name}, ${lanes} lanes, ${output}`).toEqual(bitsOf(values));
    }
  }
}

/** Predictions of the same rows in mini-batches of other sizes. */
function checkBatches(layerCase: LayerCase): void {
  const [rows = 1, ...row] = layerCase.shape;
  const predicting = { ...layerCase, training: false };
  const { values } = build(predicting, layerCase.shape);
  const predict = (from: number, to: number): readonly (number | 'NaN')[] => {
    const { y } = build(predicting, [to - from, ...row]);
    const x = values['x']?.slice(from * sizeOf(row), to * sizeOf(row)) ?? [];
    const sizes = { batchSize: to - from, lanes: 1 };
    return ['wasm', 'wasm with wide tiles'].flatMap((name) =>
      bitsOf(runGraph(executors[name] ?? oracle, graphOf({ y }), sizes, { ...values, x })['y'] ?? []),
    );
  };
  const half = (list: readonly (number | 'NaN')[]) => list.slice(0, list.length / 2);
  const whole = half(predict(0, rows));
  const inParts = [...half(predict(0, 1)), ...half(predict(1, rows))];
  expect(inParts).toEqual(whole);
}

/** Registers the tests that every layer passes. */
export function testLayer(cases: readonly LayerCase[]): void {
  describe.each(cases.map((each) => [each.name, each] as const))('%s', (_name, layerCase) => {
    test('gives what a plain float64 reference gives', () => checkValues(layerCase));
    test('has gradients that are slopes', () => checkGradients(layerCase));
    test('has the same bits on every executor', () => checkBits(layerCase));
    test('predicts a row with the same bits in any mini-batch', () => checkBatches(layerCase));
  });
}
