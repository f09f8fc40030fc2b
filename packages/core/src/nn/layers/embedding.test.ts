import { describe, expect, it } from 'vitest';
import { compile } from '../../compile/compile.ts';
import type { Dataset } from '../../data/dataset.ts';
import { fromArrays } from '../../data/fromArrays.ts';
import { loadsOf } from '../../nest/analysis.ts';
import { add, matmul, slice, squeeze, stopGradient, sub, sum } from '../../ops/index.ts';
import { lamb } from '../../optim/lamb.ts';
import { defineRun } from '../../train/defineRun.ts';
import { fit } from '../../train/fit.ts';
import { trainGraph } from '../../train/graphs.ts';
import { prepareRun } from '../../train/prepareRun.ts';
import { RunControl } from '../../train/runControl.ts';
import type { RunOptions } from '../../train/runOptions.ts';
import type { RunState } from '../../train/runState.ts';
import { oracle, simulations, wasmExecutors } from '../../train/testing/executors.ts';
import { trainedBits } from '../../train/testing/trainedBits.ts';
import { optimizerHash } from '../../train/weightsHash.ts';
import { model } from '../model.ts';
import { dense, embedding, reshape, sequential } from './index.ts';

const rows = 24;
const idsOf = (vocabulary: number, columns = 1): Int32Array =>
  Int32Array.from({ length: rows * columns }, (_, at) => (at * 7) % vocabulary);

const data: Dataset = fromArrays({
  pair: { values: idsOf(6, 2), shape: [2] },
  id: idsOf(6),
  y: { values: Float32Array.from({ length: rows * 3 }, (_, at) => ((at * 5) % 11) - 5), shape: [3] },
});

const table = embedding({ vocabulary: 6, features: 3 });

const one = model({
  inputs: { id: { shape: [], dtype: 'int32' } },
  build: ({ id }, layer) => ({ y: layer('table', table)(id) }),
});

/** The same table for both of a pair, and for a third. */
const shared = model({
  inputs: { id: { shape: [], dtype: 'int32' }, pair: { shape: [2], dtype: 'int32' } },
  build: ({ id, pair }, layer) => {
    const vectors = layer('table', table);
    return { y: sub(sum(vectors(pair), { axes: [1] }), vectors(id)) };
  },
});

const options: RunOptions = {
  data,
  model: one,
  target: 'y',
  loss: 'meanSquaredError',
  epochs: 2,
  batchSize: 8,
  seed: 5,
};

describe('embedding', () => {
  it('learns a vector for each id', async () => {
    const targets = [2, -1, 0.5, 3, -2, 1];
    const run = defineRun({
      ...options,
      data: fromArrays({
        id: idsOf(6),
        y: Float32Array.from(idsOf(6), (id) => targets[id] ?? 0),
      }),
      model: sequential(embedding({ vocabulary: 6, features: 1, initializer: 'zeros' }), reshape([1])),
      optimizer: 'sgd',
      learningRate: 0.5,
      epochs: 60,
      batchSize: 6,
    });
    const { variables } = await fit(run);
    for (const [id, value] of Array.from(variables.get('layers.0.weight')?.values ?? []).entries())
      expect(value).toBeCloseTo(targets[id] ?? 0, 4);
  });

  it('may be used several times: the positions of a row of the mini-batch follow each other', async () => {
    const run = defineRun({ ...options, model: shared, optimizer: 'adam', lanes: 3, batchSize: 7 });
    const marks = [1, 8];
    const wanted = await trainedBits(run, oracle, 1, marks);
    for (const factory of Object.values({ ...simulations, ...wasmExecutors }))
      expect(await trainedBits(run, factory, 3, marks)).toEqual(wanted);
    // In exact arithmetic the order makes no difference.
    const wholeTable = embedding({ vocabulary: 6, features: 3, sparse: false });
    const whole = model({
      inputs: shared.inputs,
      build: ({ id, pair }, layer) => {
        const vectors = layer('table', wholeTable);
        return { y: sub(sum(vectors(pair), { axes: [1] }), vectors(id)) };
      },
    });
    const inFloat64 = { executor: 'float64' } as const;
    const [a, b] = [
      await fit(defineRun({ ...options, model: shared, optimizer: 'sgd' }), inFloat64),
      await fit(defineRun({ ...options, model: whole, optimizer: 'sgd' }), inFloat64),
    ];
    for (const [at, value] of Array.from(a.variables.get('table.weight')?.values ?? []).entries())
      expect(value).toBeCloseTo(b.variables.get('table.weight')?.values[at] ?? Number.NaN, 12);
  });

  it('updates every copy of a table that products read too', async () => {
    const read = model({
      inputs: one.inputs,
      build: ({ id }, layer, scope) => {
        const found = layer('table', table)(id);
        const weight = stopGradient(
          scope.child('table').variable('weight', { shape: [6, 3], initializer: () => found }),
        );
        const scores = layer('mix', dense(6))(matmul(found, weight, { transposeB: true }));
        return { y: add(found, matmul(scores, weight)) };
      },
    });
    const run = defineRun({ ...options, model: read, optimizer: 'adam' });
    const wanted = await trainedBits(run, oracle, 1, [1, 6]);
    for (const factory of Object.values({ ...simulations, ...wasmExecutors }))
      expect(await trainedBits(run, factory, 3, [1, 6])).toEqual(wanted);
  });

  it('makes a step whose cost and memory do not depend on the size of the table', () => {
    const points = (vocabulary: number): number => {
      const big = embedding({ vocabulary, features: 3 });
      const run = defineRun({
        ...options,
        model: model({ inputs: one.inputs, build: ({ id }, layer) => ({ y: layer('table', big)(id) }) }),
        optimizer: 'adam',
        clipNorm: 1,
      });
      const { graph } = trainGraph(run.task, { data: run.train, batchSize: 8 });
      const { programs, bytes } = compile([{ graph, batchSize: 8, lanes: 1, steps: 1 }]);
      const [program] = programs;
      const kernels = program?.phases.flatMap(({ groups }) => groups.flatMap((group) => group.kernels)) ?? [];
      const work = kernels.map(({ nest }) => nest.axes.reduce((total, { size }) => total * size, 1));
      const touched = new Set(kernels.flatMap(({ nest }) => loadsOf(nest).map(({ tensor }) => tensor)));
      const temporary = program?.tensors.filter(
        ({ id, storage }) => storage.kind === 'temporary' && touched.has(id),
      );
      expect(temporary?.every(({ layout }) => layout.elements < 1000)).toBe(true);
      return work.reduce((total, each) => total + each) + bytes.activations;
    };
    expect(points(100_000)).toBe(points(10));
  });

  it('goes on from a saved state with the same bits', async () => {
    const run = defineRun({ ...options, optimizer: 'adam', epochs: 3 });
    const control = new RunControl();
    let captured: Promise<RunState | undefined> = Promise.resolve(undefined);
    await fit(run, {
      control,
      onEvent: ({ type }) => {
        if (type !== 'epoch') return;
        captured = control.capture();
        control.stop();
      },
    });
    const state = await captured;
    expect(state?.loop.epoch).toBe(1);
    const resumed = await fit(run, { ...(state && { resume: state }), workers: 3 });
    const whole = await fit(run);
    expect(resumed.weightsHash).toBe(whole.weightsHash);
    expect(optimizerHash(resumed.variables.values())).toBe(optimizerHash(whole.variables.values()));
  });

  it('refuses ids that the vocabulary does not have, in training and in validation data', () => {
    const bad = fromArrays({ ...data.fields, id: idsOf(6).with(3, 6) });
    expect(() => defineRun({ ...options, data: bad })).toThrow('id 6');
    expect(() => defineRun({ ...options, data: { train: data, validation: bad } })).toThrow(
      expect.objectContaining({ code: 'LABEL_OUT_OF_RANGE', exitCode: 3 }),
    );
    const halves = fromArrays({ ...data.fields, id: Float32Array.from(idsOf(6), (id) => id / 2) });
    const floats = model({
      inputs: { id: { shape: [] } },
      build: ({ id }, layer) => ({ y: layer('table', table)(id) }),
    });
    expect(() => defineRun({ ...options, model: floats, data: halves })).toThrow('id 0.5');
    // Of a pair the second is looked up.
    const second = model({
      inputs: { pair: { shape: [2], dtype: 'int32' } },
      build: ({ pair }, layer) => ({
        y: layer('table', table)(squeeze(slice(pair, [0, 1], [pair.shape[0] ?? 1, 1]), 1)),
      }),
    });
    const firsts = fromArrays({ ...data.fields, pair: { values: idsOf(6, 2).with(4, 9), shape: [2] } });
    expect(defineRun({ ...options, model: second, data: firsts }).task.model).toBe(second);
    const seconds = fromArrays({ ...data.fields, pair: { values: idsOf(6, 2).with(5, 9), shape: [2] } });
    expect(() => defineRun({ ...options, model: second, data: seconds })).toThrow('an id of row 2');
  });

  it.each<[string, Partial<RunOptions>, string]>([
    ['a mini-batch in parts', { microBatch: 4, lanes: 2 }, 'run.microBatch'],
    ['an average of the weights', { weightAverage: { decay: 0.9 } }, 'run.weightAverage'],
    ['a penalty', { l2: 0.1 }, 'in another way besides its embeddings'],
    ['a rule for whole parameters', { optimizer: lamb() }, 'computes with a parameter as a whole'],
    [
      'a product with the same weights',
      {
        model: model({
          inputs: one.inputs,
          build: ({ id }, layer, scope) => {
            const found = layer('table', table)(id);
            const weight = scope
              .child('table')
              .variable('weight', { shape: [6, 3], initializer: () => found });
            return { y: add(found, matmul(matmul(found, weight, { transposeB: true }), weight)) };
          },
        }),
      },
      'in another way besides its embeddings',
    ],
  ])('says that %s needs dense gradients', (_, changes, message) => {
    const run = defineRun({ ...options, ...changes });
    expect(() => prepareRun(run)).toThrow(message);
    expect(() => prepareRun(run)).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
    expect(() => prepareRun(run)).toThrow('sparse: false');
  });

  it('trains with dense gradients where it is asked to', async () => {
    const whole = embedding({ vocabulary: 6, features: 3, sparse: false });
    const denseModel = model({
      inputs: one.inputs,
      build: ({ id }, layer) => ({ y: layer('table', whole)(id) }),
    });
    const run = defineRun({
      ...options,
      model: denseModel,
      l2: 0.01,
      microBatch: 4,
      lanes: 2,
      weightAverage: { decay: 0.9 },
      optimizer: lamb(),
    });
    expect((await fit(run)).loss).toBeGreaterThan(0);
  });
});
