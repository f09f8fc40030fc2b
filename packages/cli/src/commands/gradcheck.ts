import {
  checkGradients,
  defineRun,
  fit,
  type GradientCheck,
  type GradientComparison,
  type ParameterCheck,
  type Run,
  type RunSettings,
} from '@lockstep/core';
import { Command } from 'commander';
import { addExamples, type Example } from '../help.ts';
import { loadRunFile } from '../loadRunFile.ts';
import { parseCount, parseNumber, parsePositive, parsePositiveInteger } from '../parseNumber.ts';
import { number, plural } from '../report/describe.ts';
import { addSetFlag, runChanges } from '../runChanges.ts';

interface GradcheckFlags {
  readonly rows: number;
  readonly directions: number;
  readonly elements: number;
  readonly tolerance: number;
  readonly steps: number;
  readonly seed?: number;
  readonly set?: RunSettings;
  readonly json?: true;
}

/** Exit code of a run with a gradient that is not the slope of its loss. */
const wrong = 1;

const examples: readonly Example[] = [
  ['lockstep gradcheck run.ts', 'every parameter, at the initial weights'],
  ['lockstep gradcheck run.ts --steps 20 --rows 8', 'after 20 steps, away from kinks at the start'],
  ['lockstep gradcheck run.ts --elements 50 --directions 0 --json', 'more single elements'],
];

const notes: readonly string[] = [
  '',
  'Exit code 0: every gradient is the slope, but at kinks, where there is no one slope (relu at 0); 1: one is wrong.',
];

/** Of a number in a table. */
const width = 18;

function comparisonLine({
  moved,
  analytic,
  numeric,
  error,
  verdict,
  left,
  right,
}: GradientComparison): string {
  const notes = {
    right: '',
    wrong: '  WRONG',
    kink: `  kink: slope ${number(left ?? Number.NaN)} on the left, ${number(right ?? Number.NaN)} on the right`,
  };
  const place = typeof moved === 'string' ? 'a direction' : `[${moved.join(', ')}]`;
  const cells = [analytic, numeric].map((value) => value.toPrecision(7).padStart(width)).join('');
  return `  ${place.padEnd(width)}${cells}${error.toExponential(1).padStart(width)}${notes[verdict]}`;
}

function table({ path, shape, comparisons }: ParameterCheck): readonly string[] {
  const heads = ['analytic', 'numeric', 'error'].map((head) => head.padStart(width)).join('');
  return [
    `${path} [${shape.join(', ')}]`,
    `  ${''.padEnd(width)}${heads}`,
    ...comparisons.map(comparisonLine),
    '',
  ];
}

function conclusion({ parameters, tolerance }: GradientCheck): string {
  const paths = (verdict: ParameterCheck['verdict']): string =>
    parameters
      .filter((each) => each.verdict === verdict)
      .map(({ path }) => path)
      .join(', ');
  if (paths('wrong') !== '') return `not the slope of the loss: ${paths('wrong')}`;
  const kinks = paths('kink') === '' ? '' : `; nothing but kinks, so nothing to compare: ${paths('kink')}`;
  return `every gradient is the slope of the loss, to ${number(tolerance)}${kinks}`;
}

function lines(run: Run, steps: number, check: GradientCheck): readonly string[] {
  const { loss, rows, parameters } = check;
  return [
    `${run.name}: loss ${number(loss)} of ${plural(rows, 'row')}, after ${plural(steps, 'step')}, in float64`,
    '',
    ...parameters.flatMap(table),
    conclusion(check),
  ];
}

/** The run without what has nothing to do with its gradients. */
function shortened(run: Run, steps: number): Run {
  const { earlyStopping: _stopping, convergence: _converged, callbacks: _callbacks, ...rest } = run.options;
  return defineRun({ ...rest, maxSteps: steps });
}

async function gradcheck(file: string, flags: GradcheckFlags): Promise<number> {
  const { steps, seed, set, json, ...options } = flags;
  const run = await loadRunFile(
    file,
    runChanges({ ...(seed !== undefined && { seed }), ...(set && { set }) }),
  );
  const trained = steps === 0 ? undefined : await fit(shortened(run, steps));
  const check = checkGradients(run, { ...options, ...(trained && { variables: trained.variables }) });
  const output = json
    ? [JSON.stringify({ type: 'gradcheck', name: run.name, steps, ...check })]
    : lines(run, steps, check);
  process.stdout.write(`${output.join('\n')}\n`);
  return check.passed ? 0 : wrong;
}

/** `lockstep gradcheck`: compares gradients with slopes of the loss. */
export function gradcheckCommand(setExitCode: (code: number) => void): Command {
  const command = new Command('gradcheck')
    .description('compare the gradients of a run with slopes of its loss, by finite differences in float64')
    .argument('<run-file>', 'TypeScript or JavaScript module whose default export is defineRun({...})')
    .option('--rows <n>', 'rows of the mini-batch, at most', parsePositiveInteger, 16)
    .option('--directions <n>', 'random directions for each parameter', parseCount, 2)
    .option('--elements <n>', 'single elements of each parameter', parseCount, 4)
    .option('--tolerance <x>', 'greatest relative error that is right', parsePositive, 1e-6)
    .option('--steps <n>', 'train so many steps before', parseCount, 0)
    .option('--seed <n>', 'decides everything that is random', parseNumber)
    .action(async (file: string, flags: GradcheckFlags) => setExitCode(await gradcheck(file, flags)));
  return addExamples(addSetFlag(command).option('--json', 'print one JSON object'), examples, notes);
}
