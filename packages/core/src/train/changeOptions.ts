import { LockstepError } from '../errors.ts';
import { lookUp, unknownName } from '../nameLookup.ts';
import { type Optimizer, optimizers } from '../optim/index.ts';
import { describeValue } from '../options.ts';
import type { RunOptions } from './runOptions.ts';

/** A value that JSON can write; `null` takes an option away. */
export type SettingValue =
  | null
  | boolean
  | number
  | string
  | readonly SettingValue[]
  | { readonly [name: string]: SettingValue };

/** Values for options of a run by their paths: `{ epochs: 5, 'optimizer.beta1': 0.8, 'loss.0.weight': 2 }`. Plain data. */
export type RunSettings = Readonly<Record<string, SettingValue>>;

type Fields = Readonly<Record<string, unknown>>;

function isOptimizer(value: unknown): value is Optimizer {
  return typeof value === 'object' && value !== null && 'hyperparameters' in value && 'slots' in value;
}

/** Whether what a value consists of may be replaced one by one: it is written down as it is, not made by a function. */
function isPlain(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).every((each) => typeof each !== 'function');
}

/** The optimizer of this kind with one of its options changed; what it does not record, its schedule, stays. */
function changeOptimizer(
  optimizer: Optimizer | string,
  option: string,
  value: unknown,
  place: string,
): Optimizer {
  const name = typeof optimizer === 'string' ? optimizer : optimizer.name;
  const make = lookUp<(options: Fields) => Optimizer>('optimizer', optimizers, name, { field: place });
  if (typeof optimizer === 'string') return make({ [option]: value });
  const { hyperparameters, schedule } = optimizer;
  return make({ learningRate: schedule, ...hyperparameters, [option]: value });
}

function cannotBeSet(place: string, value: unknown): LockstepError {
  return new LockstepError('BAD_OPTION', 'this cannot be changed from outside', {
    where: { field: place },
    got: describeValue(value),
    hint: 'Change it where the run is defined.',
  });
}

function changeAt(current: unknown, steps: readonly string[], value: unknown, place: string): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return value ?? undefined;
  if (
    place.endsWith('.optimizer') &&
    (typeof current === 'string' || current === undefined || isOptimizer(current))
  ) {
    if (rest.length > 0) throw cannotBeSet(`${place}.${step}`, undefined);
    return changeOptimizer(current ?? 'sgd', step, value ?? undefined, place);
  }
  const inner = (before: unknown): unknown => changeAt(before, rest, value, `${place}.${step}`);
  if (Array.isArray(current)) {
    if (!/^\d+$/.test(step) || Number(step) >= current.length)
      throw new LockstepError('BAD_OPTION', 'the list has no such entry', {
        where: { field: place },
        got: `"${step}"`,
        wanted: current.length === 0 ? 'a list with entries' : `0 to ${current.length - 1}`,
      });
    return current.map((each, at) => (at === Number(step) ? inner(each) : each));
  }
  if (current === undefined) return { [step]: inner(undefined) };
  if (!isPlain(current)) throw cannotBeSet(place, current);
  return { ...current, [step]: inner(current[step]) };
}

/** What is said of the data; the rows themselves are the run file's. */
const dataOptions: readonly string[] = ['validation', 'stratify', 'groups'];

function changeData(data: RunOptions['data'], steps: readonly string[], value: SettingValue): unknown {
  const [option = '', ...rest] = steps;
  if (!dataOptions.includes(option) || rest.length > 0)
    throw unknownName('option', steps.join('.'), dataOptions, { field: 'run.data' });
  return { ...('fields' in data ? { train: data } : data), [option]: value ?? undefined };
}

/** Options that are made by functions of the run file. */
const made: readonly string[] = ['model', 'augment', 'callbacks'];

function changeOption(options: RunOptions & Fields, path: string, value: SettingValue): unknown {
  const [name = '', ...steps] = path.split('.');
  const place = `run.${name}`;
  if (made.includes(name) || (name === 'data' && steps.length === 0)) throw cannotBeSet(place, options[name]);
  if (name === 'data') return changeData(options.data, steps, value);
  if (path === 'optimizer.learningRate' && options.learningRate !== undefined)
    throw new LockstepError('BAD_OPTION', 'the run has a learning rate in place of the optimizer’s', {
      where: { field: 'run.optimizer.learningRate' },
      hint: 'Set learningRate.',
    });
  return changeAt(options[name], steps, value, place);
}

/**
 * The options of a run with some of them changed, by their paths. What they are changed to is for `defineRun` to check.
 *
 * The path of an option of the optimizer makes the optimizer again, by its name; `data.validation` sets rows of a lone data set
 * aside. Model, rows, augmentation and callbacks are not data, and cannot be changed.
 *
 * @throws LockstepError BAD_OPTION for a path into what has no parts; UNKNOWN_OPTION or BAD_OPTION for an option of the optimizer
 */
export function changeOptions(options: RunOptions, settings: RunSettings): RunOptions {
  let changed: RunOptions = options;
  for (const [path, value] of Object.entries(settings)) {
    const [name = ''] = path.split('.');
    changed = { ...changed, [name]: changeOption({ ...changed }, path, value) };
  }
  return changed;
}
