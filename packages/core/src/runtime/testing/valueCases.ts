import { constant, input, stepValue, variable } from '../../graph/leaves.ts';
import { add, cast, gather, matmul, maximum, mul, relu, sum, transpose } from '../../ops/index.ts';
import { type ExecutorCase, observation } from './executorCase.ts';

const range = (length: number, value: (index: number) => number): number[] =>
  Array.from({ length }, (_, index) => value(index));

/** Small integers, whose products and sums are exact in any order. */
const small = (index: number): number => ((index * 7) % 11) - 5;

function raggedLayer(): ExecutorCase {
  const [rows, inner, columns] = [13, 17, 5];
  const x = input('x', { shape: [rows, inner], batchAxis: 0 });
  const w = variable('w', constant(new Float32Array(inner * columns), { shape: [inner, columns] }));
  const b = variable('b', constant(new Float32Array(columns)));
  const y = relu(add(matmul(x, w), b));
  const outputs = {
    y,
    back: matmul(y, w, { transposeB: true }),
    weights: matmul(x, y, { transposeA: true }),
    bias: sum(y, { axes: [0] }),
    rows: sum(y, { axes: [1] }),
  };
  const graph = { name: 'layer', outputs, updates: [{ variable: w, value: mul(w, 2) }] };
  const xs = range(rows * inner, small);
  const ws = range(inner * columns, (index) => small(index + 3));
  const bs = range(columns, (index) => index - 2);
  const at = (values: readonly number[], index: number): number => values[index] ?? 0;
  const total = (count: number, term: (index: number) => number): number =>
    range(count, term).reduce((sumSoFar, value) => sumSoFar + value, 0);
  const wanted = (weights: readonly number[]) => {
    const ys = range(rows * columns, (index) => {
      const [row, column] = [Math.floor(index / columns), index % columns];
      const product = total(inner, (k) => at(xs, row * inner + k) * at(weights, k * columns + column));
      return Math.max(0, product + at(bs, column));
    });
    return {
      y: ys,
      back: range(rows * inner, (index) =>
        total(
          columns,
          (j) => at(ys, Math.floor(index / inner) * columns + j) * at(weights, (index % inner) * columns + j),
        ),
      ),
      weights: range(inner * columns, (index) =>
        total(
          rows,
          (row) =>
            at(xs, row * inner + Math.floor(index / columns)) * at(ys, row * columns + (index % columns)),
        ),
      ),
      bias: range(columns, (column) => total(rows, (row) => at(ys, row * columns + column))),
      rows: range(rows, (row) => total(columns, (column) => at(ys, row * columns + column))),
    };
  };
  return {
    name: 'a layer whose sizes divide nothing, all three products, two steps',
    programs: [{ graph, batchSize: rows, lanes: 3, steps: 2 }],
    observe: (executor) => {
      executor.writeInput('x', xs);
      executor.writeVariable('w', ws);
      executor.writeVariable('b', bs);
      executor.run('layer', 0);
      executor.run('layer', 1);
      const doubled = ws.map((value) => 2 * value);
      const steps = [wanted(ws), wanted(doubled)];
      return [
        ...steps.flatMap((values, step) =>
          Object.entries(values).map(([name, value]) =>
            observation(`${name} of step ${step}`, executor.readResult('layer', name, step), value),
          ),
        ),
        observation(
          'w',
          executor.readVariable('w'),
          ws.map((value) => 4 * value),
        ),
      ];
    },
  };
}

/** 2^24: adding 1 to it changes nothing in float32, adding 2 does. */
const large = 2 ** 24;

function sumOrders(): ExecutorCase {
  const long = input('long', { shape: [3, 1024] });
  const column = input('column', { shape: [1024, 2] });
  const outputs = {
    row: sum(long, { axes: [1] }),
    ordered: sum(column, { axes: [0] }),
    product: matmul(long, column),
  };
  const first = (index: number): number => (index === 0 ? large : 1);
  const longs = [
    ...range(1024, first),
    ...range(1024, () => 1),
    ...range(1024, (k) => (k === 512 ? large : 1)),
  ];
  const columns = range(2048, (index) => (index % 2 === 0 ? first(index / 2) : 1));
  return {
    name: 'sums are made in chunks of 512, rows in eight partial sums',
    programs: [{ graph: { name: 'sums', outputs, updates: [] }, batchSize: 0, lanes: 1, steps: 1 }],
    observe: (executor) => {
      executor.writeInput('long', longs);
      executor.writeInput('column', columns);
      executor.run('sums', 0);
      const read = (name: string): ArrayLike<number> => executor.readResult('sums', name, 0);
      return [
        // Partial 0 loses the ones that come after 2^24 (127 of them, or 63); the seven others keep 128 each.
        observation('rows', read('row'), [large + 7 * 128, 1024, large + 64 + 7 * 128]),
        // The first chunk loses its 511 ones; the second adds 512 at once.
        observation('columns', read('ordered'), [large + 512, 1024]),
        observation('products', read('product'), [
          // (2^24)^2 takes everything below 2^24 with it; 512 is half a unit in its last place and less.
          large * large,
          large + 512,
          large + 512,
          1024,
          // Chunk 1 is 2^24 + 511 ones lost one by one; chunk 0 is 2^24 + 511 ones lost as well.
          2 * large,
          // Chunk 0 is 512; chunk 1 starts with 2^24.
          large + 512,
        ]),
      ];
    },
  };
}

function lanes(): ExecutorCase {
  const batchSize = 1000;
  const x = input('x', { shape: [batchSize], batchAxis: 0 });
  const y = input('y', { shape: [batchSize, 3], batchAxis: 0 });
  const outputs = { x: sum(x), y: sum(y, { axes: [0] }) };
  const spread = [0, 500, 999];
  return {
    name: 'a sum over the mini-batch is made in lanes and combined in a tree',
    programs: [{ graph: { name: 'lanes', outputs, updates: [] }, batchSize, lanes: 3, steps: 1 }],
    observe: (executor) => {
      executor.writeInput(
        'x',
        range(batchSize, (row) => (row === 0 ? large : 1)),
      );
      executor.writeInput(
        'y',
        range(3 * batchSize, (index) => (Math.floor(index / 3) === spread[index % 3] ? large : 1)),
      );
      executor.run('lanes', 0);
      return [
        // Lanes of 334, 333 and 333 rows. 2^24 + 333 is half way between even numbers and becomes 2^24 + 332;
        // + 333 then becomes + 664. In any other order + 666 would come out.
        observation('first lane', executor.readResult('lanes', 'x', 0), [large + 664]),
        observation('each lane', executor.readResult('lanes', 'y', 0), [
          large + 664,
          // Row 500 is row 166 of lane 1. 166 ones come before 2^24; the next makes 2^24 + 167, half way, which
          // becomes + 168; the others are lost. + 334, and + 333 is half way again: 2^24 + 835 becomes + 836.
          large + 836,
          // The last row of lane 2: 332 ones first, 2^24 + 332; the others give 667: 2^24 + 999 becomes 1000.
          large + 1000,
        ]),
      ];
    },
  };
}

function specialValues(): ExecutorCase {
  const x = input('x', { shape: [8] });
  const tiny = 2 ** -149;
  const outputs = { relu: relu(x), maximum: maximum(x, -0), half: mul(x, 0.5), square: mul(x, x) };
  return {
    name: 'NaN, infinities, signed zeros and denormals are kept',
    programs: [{ graph: { name: 'special', outputs, updates: [] }, batchSize: 0, lanes: 1, steps: 1 }],
    observe: (executor) => {
      executor.writeInput('x', [Number.NaN, Infinity, -Infinity, 0, -0, tiny, -3 * tiny, 2 ** 127]);
      executor.run('special', 0);
      const read = (name: string): ArrayLike<number> => executor.readResult('special', name, 0);
      return [
        observation('relu', read('relu'), [Number.NaN, Infinity, 0, 0, -0, tiny, 0, 2 ** 127]),
        observation('maximum', read('maximum'), [Number.NaN, Infinity, -0, 0, -0, tiny, -0, 2 ** 127]),
        // Ties to even: half of 1 is 0, half of 3 is 2 (in units of the smallest denormal).
        observation('half', read('half'), [Number.NaN, Infinity, -Infinity, 0, -0, 0, -2 * tiny, 2 ** 126]),
        observation('square', read('square'), [Number.NaN, Infinity, Infinity, 0, 0, 0, 0, Infinity]),
      ];
    },
  };
}

function gatheredRows(): ExecutorCase {
  const data = input('data', { shape: [5, 3], dtype: 'uint8' });
  const rows = stepValue('rows', { shape: [4], dtype: 'int32', batchAxis: 0 });
  const batch = cast(gather(data, rows), 'float32');
  const outputs = { batch, turned: transpose(batch, [1, 0]), total: sum(batch) };
  const values = range(15, (index) => 17 * index);
  return {
    name: 'a mini-batch is gathered from a data set of bytes',
    programs: [{ graph: { name: 'gather', outputs, updates: [] }, batchSize: 4, lanes: 1, steps: 2 }],
    observe: (executor) => {
      executor.writeInput('data', values);
      executor.writeStepValue('gather', 'rows', 0, [4, 0, 0, 2]);
      executor.writeStepValue('gather', 'rows', 1, [1, 1, 3, 1]);
      executor.run('gather', 0);
      executor.run('gather', 1);
      const read = (name: string, step: number): ArrayLike<number> =>
        executor.readResult('gather', name, step);
      const third = [17 * 3, 17 * 4, 17 * 5];
      return [
        observation('rows of step 0', read('batch', 0), [204, 221, 238, 0, 17, 34, 0, 17, 34, 102, 119, 136]),
        observation('rows of step 1', read('batch', 1), [...third, ...third, 153, 170, 187, ...third]),
        observation('transposed', read('turned', 0), [204, 0, 0, 102, 221, 17, 17, 119, 238, 34, 34, 136]),
        observation('total', read('total', 0), [1122]),
      ];
    },
  };
}

/** Whole blocks of rows, of which a kernel may gather several side by side; the last vector of a row is a part of one. */
function gatheredLayer(dtype: 'float32' | 'uint8'): ExecutorCase {
  const [rows, features, columns] = [24, 20, 3];
  const data = input('data', { shape: [50, features], dtype });
  const order = stepValue('rows', { shape: [rows], dtype: 'int32', batchAxis: 0 });
  const gathered = gather(data, order);
  const batch = dtype === 'uint8' ? cast(gathered, 'float32') : gathered;
  const w = variable('w', constant(new Float32Array(features * columns), { shape: [features, columns] }));
  const outputs = { y: matmul(batch, w), weights: matmul(batch, matmul(batch, w), { transposeA: true }) };
  const values = range(50 * features, (index) => (index * 31) % 51);
  const ws = range(features * columns, small);
  const at = (list: readonly number[], index: number): number => list[index] ?? 0;
  const orders = [range(rows, (row) => (row * 13) % 50), range(rows, (row) => (row % 3) * 24)];
  const total = (count: number, term: (index: number) => number): number =>
    range(count, term).reduce((sumSoFar, value) => sumSoFar + value, 0);
  return {
    name: `a layer on a mini-batch of ${dtype} rows from all over a data set`,
    programs: [{ graph: { name: 'gather', outputs, updates: [] }, batchSize: rows, lanes: 1, steps: 2 }],
    observe: (executor) => {
      executor.writeInput('data', values);
      executor.writeVariable('w', ws);
      return orders.flatMap((taken, step) => {
        executor.writeStepValue('gather', 'rows', step, taken);
        executor.run('gather', step);
        const x = (row: number, feature: number): number => at(values, at(taken, row) * features + feature);
        const y = range(rows * columns, (index) =>
          total(features, (k) => x(Math.floor(index / columns), k) * at(ws, k * columns + (index % columns))),
        );
        const weights = range(features * columns, (index) =>
          total(
            rows,
            (row) => x(row, Math.floor(index / columns)) * at(y, row * columns + (index % columns)),
          ),
        );
        const read = (name: string): ArrayLike<number> => executor.readResult('gather', name, step);
        return [
          observation(`products of step ${step}`, read('y'), y),
          observation(`sums over the rows of step ${step}`, read('weights'), weights),
        ];
      });
    },
  };
}

/** What is computed, bit for bit. */
export const valueCases: readonly ExecutorCase[] = [
  raggedLayer(),
  sumOrders(),
  lanes(),
  specialValues(),
  gatheredRows(),
  gatheredLayer('float32'),
  gatheredLayer('uint8'),
];
