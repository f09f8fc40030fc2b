import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'lockstep-wrong-'));

const rightFile = `import { adam, defineRun, dense, fromArrays, sequential } from '@lockstep/core';
const data = fromArrays({ x: [[0], [1], [2], [3]], y: [[1], [3], [5], [7]] });
const makeRun = () => defineRun({
  data,
  model: sequential(dense(4, { activation: 'relu' }), dense(1)),
  loss: 'meanSquaredError',
  optimizer: adam({ learningRate: 0.1 }),
  epochs: 2,
});
export default makeRun();
`;

/** The run file that is right, but for one part of it. */
function butFor(right: string, wrong: string): string {
  if (!rightFile.includes(right)) throw new Error(`the run file has no ${right}`);
  return rightFile.replace(right, wrong);
}

/** A run file, what is in it, and what its error has to say. */
const cases: readonly (readonly [name: string, source: string, ...says: string[]])[] = [
  ['syntax.ts', butFor('2,', '2,,'), 'RUN_FILE_INVALID', 'syntax.ts:8', 'Unexpected token'],
  ['syntax.js', butFor('2,', '2,,'), 'RUN_FILE_INVALID', 'syntax.js:8', 'Unexpected token'],
  ['enum.ts', 'enum A { B }', 'enum.ts:1', 'enum is not supported'],
  [
    'throws.ts',
    'const size = 3;\nthrow new Error("no such size: " + size);',
    'throws.ts:2',
    'no such size: 3',
  ],
  ['throwsText.ts', "throw 'a text';", 'RUN_FILE_INVALID', 'got a text'],
  ['name.ts', butFor('adam,', 'adm,'), 'name.ts:1', 'Did you mean "adam"?'],
  [
    'package.ts',
    butFor('lockstep/core', 'lockstep/cor'),
    "package '@lockstep/cor'",
    'npm install @lockstep/cor',
  ],
  ['relative.ts', "import './nowhere.ts';", 'Cannot find module', 'nowhere.ts'],
  ['rows.csv', 'a,b', 'the run file is no module', 'got a file .csv', 'readCsv'],
  ['inside', '', 'the run file is a folder', 'Did you mean "inside/train.ts"?'],
  ['syntx.ts', '', 'RUN_FILE_MISSING', 'Did you mean "syntax.ts"?'],
  ['noExport.ts', butFor('export default ', ''), 'no default export', 'export default defineRun({...})'],
  ['named.ts', butFor('export default', 'export const mine ='), 'a run named "mine"'],
  ['array.ts', butFor('makeRun();', '[makeRun()];'), 'got an array of 1', 'a file for each'],
  ['function.ts', butFor('makeRun();', 'makeRun;'), 'got a function', 'Call it'],
  [
    'promise.ts',
    butFor('makeRun();', 'Promise.resolve(makeRun());'),
    'got a promise',
    'export default await',
  ],
  ['options.ts', butFor('defineRun({', '({'), 'got the options of a run', 'Put defineRun around them'],
  ['number.ts', 'export default 5;', 'got number', 'wanted export default defineRun({...})'],
  ['field.ts', butFor('epochs', 'epoch'), 'field.ts:3', '"epoch" (at run', 'Did you mean "epochs"?'],
  ['missing.ts', butFor('epochs: 2,', ''), 'is missing (at run.epochs', 'wanted an integer, 1 or above'],
  ['text.ts', butFor('epochs: 2', "epochs: '2'"), 'at run.epochs', 'got "2", wanted an integer, 1 or above'],
  ['half.ts', butFor('epochs: 2', 'epochs: 0.5'), 'at run.epochs', 'got 0.5'],
  [
    'arrayModel.ts',
    butFor('sequential(', '[').replace('dense(1))', 'dense(1)]'),
    'at run.model',
    'got an array of 2',
    'sequential(',
  ],
  [
    'uncalledModel.ts',
    butFor("sequential(dense(4, { activation: 'relu' }), dense(1))", 'dense'),
    'at run.model',
    'got a function',
    'wanted a model or a layer',
  ],
  [
    'loss.ts',
    butFor('meanSquaredError', 'meanSquareError'),
    'at run.loss',
    'Did you mean "meanSquaredError"?',
  ],
  [
    'optimizer.ts',
    butFor('adam({ learningRate: 0.1 })', "'adm'"),
    'at run.optimizer',
    'Did you mean "adam"?',
  ],
  [
    'uncalled.ts',
    butFor('adam({ learningRate: 0.1 })', 'adam'),
    'at run.optimizer',
    'got a function',
    'sgd({',
  ],
  ['option.ts', butFor('learningRate', 'learningrate'), 'option.ts:7', 'Did you mean "learningRate"?'],
  ['rate.ts', butFor('0.1', '-1'), 'rate.ts:7', 'at adam.learningRate', 'got -1'],
  ['activation.ts', butFor("'relu'", "'rely'"), 'activation.ts:5', 'Did you mean "relu"?'],
  ['units.ts', butFor('dense(1)', "dense('1')"), 'units.ts:5', 'got "1"'],
  ['shape.ts', butFor('dense(1)', 'dense(2)'), 'SHAPE_MISMATCH', 'run.loss', 'shape.ts:3'],
  ['ragged.ts', butFor('[1],', '[1, 2],'), 'ragged.ts:2', 'SHAPE_MISMATCH', 'data.x'],
  ['nan.ts', butFor('[1],', '[NaN],'), 'nan.ts:2', 'NON_FINITE_DATA', 'data.x'],
  ['path.ts', butFor('data,', "data: 'digits.csv',"), 'at run.data', 'got "digits.csv"', 'wanted a data set'],
  ['metric.ts', butFor('epochs: 2', "metrics: ['acuracy'], epochs: 2"), 'Did you mean "accuracy"?'],
  [
    'textMetric.ts',
    butFor('epochs: 2', "metrics: 'accuracy', epochs: 2"),
    'at run.metrics',
    'wanted a list of names',
  ],
  [
    'stopping.ts',
    butFor('epochs: 2', 'earlyStopping: { patience: 0 }, epochs: 2'),
    'at run.earlyStopping.patience',
    'got 0',
  ],
  [
    'callback.ts',
    butFor('epochs: 2', 'callbacks: [() => {}], epochs: 2'),
    'at run.callbacks.0',
    'got a function',
  ],
  // Ends the process: the last.
  ['forever.ts', 'await new Promise(() => {});', 'RUN_FILE_INVALID', 'it awaits something that never comes'],
];

let errors = new Map<unknown, string>();
let exitCode: number | null = null;
beforeAll(() => {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const [name, source] of cases) if (source !== '') writeFileSync(join(folder, name), source);
  mkdirSync(join(folder, 'inside'));
  writeFileSync(join(folder, 'inside', 'train.ts'), '');
  // Node.js itself has to load them: the test runner has other errors of syntax.
  const program = `
    import { loadRunFile } from ${JSON.stringify(join(root, 'packages/cli/src/loadRunFile.ts'))};
    for (const name of ${JSON.stringify(cases.map(([name]) => name))}) {
      const error = await loadRunFile(name, {}).then(() => 'fine', ({ code, message }) => code + ': ' + message);
      console.log(JSON.stringify([name, error]));
    }`;
  const args = ['--input-type=module', '--eval', program];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  const told = stdout.trimEnd().split('\n');
  errors = new Map(told.map((line) => JSON.parse(line)));
  errors.set('forever.ts', stderr);
  exitCode = status;
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

it.each(cases)('says what is wrong with %s', (name, _source, ...says) => {
  const error = errors.get(name) ?? 'not loaded';
  for (const text of says) expect(error).toContain(text);
});

it('ends with the exit code of a wrong run file where one never loads', () => {
  expect(exitCode).toBe(2);
});
