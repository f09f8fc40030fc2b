import { constant, input, stepValue, variable } from '../../graph/leaves.ts';
import { add, cast, greater, mul, sub, sum, transpose } from '../../ops/index.ts';
import { type ExecutorCase, observation, refusal } from './executorCase.ts';

const zeros = (...shape: number[]): ReturnType<typeof constant> =>
  constant(new Float32Array(shape.reduce((product, size) => product * size, 1)), { shape });

function swapped(): ExecutorCase {
  const a = variable('a', zeros(3));
  const b = variable('b', zeros(3));
  const c = variable('c', zeros(3));
  const d = variable('d', zeros(2, 2));
  const graph = {
    name: 'swap',
    outputs: { sum: add(a, b) },
    updates: [
      { variable: a, value: b },
      { variable: b, value: a },
      { variable: c, value: add(c, mul(a, 10)) },
      { variable: d, value: transpose(d, [1, 0]) },
    ],
  };
  return {
    name: 'all updates and outputs see the values from before the step',
    programs: [{ graph, batchSize: 0, lanes: 1, steps: 1 }],
    observe: (executor) => {
      executor.writeVariable('a', [1, 2, 3]);
      executor.writeVariable('b', [4, 5, 6]);
      executor.writeVariable('c', [0, 0, 1]);
      executor.writeVariable('d', [1, 2, 3, 4]);
      const outcomes = [executor.run('swap', 0), executor.run('swap', 0), executor.run('swap', 0)];
      return [
        observation('outcomes', outcomes.join(), 'done,done,done'),
        observation('a after three swaps', executor.readVariable('a'), [4, 5, 6]),
        observation('b after three swaps', executor.readVariable('b'), [1, 2, 3]),
        observation('c, which sums old a', executor.readVariable('c'), [60, 90, 121]),
        observation('d, transposed in place', executor.readVariable('d'), [1, 3, 2, 4]),
        observation('output', executor.readResult('swap', 'sum', 0), [5, 7, 9]),
      ];
    },
  };
}

function tables(): ExecutorCase {
  const rate = stepValue('rate');
  const rows = stepValue('rows', { shape: [2], dtype: 'int32' });
  const x = input('x', { shape: [2] });
  const scaled = mul(x, rate);
  const outputs = { scaled, large: greater(scaled, 10), whole: cast(scaled, 'int32'), rows };
  return {
    name: 'step values and results are tables with one entry a step',
    programs: [{ graph: { name: 'tables', outputs, updates: [] }, batchSize: 0, lanes: 1, steps: 3 }],
    observe: (executor) => {
      executor.writeInput('x', [2.5, -4]);
      for (const [step, value] of [1, 3, 5].entries()) {
        executor.writeStepValue('tables', 'rate', step, [value]);
        executor.writeStepValue('tables', 'rows', step, [step - 1, -1000000007]);
      }
      for (const step of [2, 0, 1]) executor.run('tables', step);
      return [
        observation('entry 0', executor.readResult('tables', 'scaled', 0), [2.5, -4]),
        observation('entry 1', executor.readResult('tables', 'scaled', 1), [7.5, -12]),
        observation('entry 2', executor.readResult('tables', 'scaled', 2), [12.5, -20]),
        observation('a bool is a mask', executor.readResult('tables', 'large', 2), [-1, 0]),
        observation('towards zero', executor.readResult('tables', 'whole', 1), [7, -12]),
        observation('integers', executor.readResult('tables', 'rows', 0), [-1, -1000000007]),
        refusal('a step after the last', () => executor.run('tables', 3), 'BAD_OPTION'),
        refusal('half a step', () => executor.readResult('tables', 'scaled', 0.5), 'BAD_OPTION'),
      ];
    },
  };
}

function guarded(): ExecutorCase {
  const x = input('x', { shape: [4], batchAxis: 0 });
  const w = variable('w', zeros(2));
  const loss = sum(x);
  const graph = {
    name: 'guarded',
    outputs: { loss },
    guard: 'loss',
    updates: [{ variable: w, value: add(w, 1) }],
  };
  return {
    name: 'a step whose guard is not finite writes its results and updates nothing',
    programs: [{ graph, batchSize: 4, lanes: 2, steps: 2 }],
    observe: (executor) => {
      executor.writeVariable('w', [7, 8]);
      executor.writeInput('x', [1, Infinity, -Infinity, 2]);
      const diverged = executor.run('guarded', 0);
      const kept = executor.readVariable('w');
      const written = executor.readResult('guarded', 'loss', 0);
      executor.writeInput('x', [1, 2, 3, 4]);
      const done = executor.run('guarded', 1);
      return [
        observation('outcome', diverged, 'diverged'),
        observation('variable', kept, [7, 8]),
        observation('loss', written, [Number.NaN]),
        observation('outcome of the next step', done, 'done'),
        observation('variable after it', executor.readVariable('w'), [8, 9]),
        observation('loss of the next step', executor.readResult('guarded', 'loss', 1), [10]),
      ];
    },
  };
}

function severalPrograms(): ExecutorCase {
  const w = variable('w', constant([5, 6, 7]));
  const x = input('x', { shape: [3] });
  const initialise = {
    name: 'initialise',
    outputs: {},
    updates: [{ variable: w, value: w.attributes.initial }],
  };
  const train = {
    name: 'train',
    outputs: { loss: sum(sub(w, x)) },
    updates: [{ variable: w, value: sub(w, x) }],
  };
  const evaluate = { name: 'evaluate', outputs: { loss: sum(w) }, updates: [] };
  const sizes = { batchSize: 0, lanes: 1 };
  return {
    name: 'programs share variables and inputs, and have tables of their own',
    programs: [
      { graph: initialise, ...sizes, steps: 1 },
      { graph: train, ...sizes, steps: 2 },
      { graph: evaluate, ...sizes, steps: 1 },
    ],
    observe: (executor) => {
      executor.writeInput('x', [1, 2, 4]);
      executor.run('initialise', 0);
      const initial = executor.readVariable('w');
      executor.run('evaluate', 0);
      const before = executor.readResult('evaluate', 'loss', 0);
      executor.run('train', 0);
      executor.run('train', 1);
      executor.run('evaluate', 0);
      return [
        observation('programs', [...executor.programs.keys()].join(), 'initialise,train,evaluate'),
        observation('initial value', initial, [5, 6, 7]),
        observation('evaluation before', before, [18]),
        observation('evaluation after', executor.readResult('evaluate', 'loss', 0), [4]),
        observation('first loss', executor.readResult('train', 'loss', 0), [11]),
        observation('second loss', executor.readResult('train', 'loss', 1), [4]),
        observation('variable', executor.readVariable('w'), [3, 2, -1]),
      ];
    },
  };
}

function refusals(): ExecutorCase {
  const w = variable('w', zeros(2, 3));
  const graph = { name: 'main', outputs: { y: mul(w, stepValue('rate')) }, updates: [] };
  return {
    name: 'names that are not there and wrong numbers of values are refused',
    programs: [{ graph, batchSize: 0, lanes: 1, steps: 1 }],
    observe: (executor) => [
      refusal('variable', () => executor.readVariable('v'), 'UNKNOWN_OPTION'),
      refusal('input', () => executor.writeInput('w', [1]), 'UNKNOWN_OPTION'),
      refusal('step value', () => executor.writeStepValue('main', 'y', 0, [1]), 'UNKNOWN_OPTION'),
      refusal('result', () => executor.readResult('main', 'rate', 0), 'UNKNOWN_OPTION'),
      refusal('program', () => executor.run('side', 0), 'UNKNOWN_OPTION'),
      refusal('too few values', () => executor.writeVariable('w', [1, 2, 3, 4, 5]), 'SHAPE_MISMATCH'),
      refusal('two rates', () => executor.writeStepValue('main', 'rate', 0, [1, 2]), 'SHAPE_MISMATCH'),
    ],
  };
}

/** What lives on between steps and how the host reaches it. */
export const stateCases: readonly ExecutorCase[] = [
  swapped(),
  tables(),
  guarded(),
  severalPrograms(),
  refusals(),
];
