import type { RunSettings, SettingValue } from '@lockstep/core';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { addGroup } from './help.ts';
import { parseNumber } from './parseNumber.ts';

/** Flags that change what a run file says. */
export interface RunFlags {
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly lanes?: number;
  readonly lr?: number;
  readonly seed?: number;
  readonly numerics?: string;
  readonly set?: RunSettings;
}

/** 5, 1e-3, true and [1, 2] are what they are in JSON; anything else is text. */
function settingValue(text: string): SettingValue {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isNaN(number)) return number;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Adds the value of one `--set` to those before: `optimizer.beta1=0.8`. */
export function parseSetting(text: string, before: RunSettings = {}): RunSettings {
  const [, path, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (path === undefined || value === undefined)
    throw new InvalidArgumentError('It has to be <option>=<value>, such as optimizer.learningRate=0.1.');
  return { ...before, [path.trim()]: settingValue(value) };
}

/** Heading of the flags that change what a run file says. */
const heading = 'In place of what the run file says:';

/** Gives a command that trains to the end of a run the flag for where that is. */
export function addEpochsFlag(command: Command): Command {
  return addGroup(command, heading, (group) =>
    group.option('--epochs <n>', 'times that every row is used', parseNumber),
  );
}

/** Gives a command the flags that change which rows a step takes, and how. */
export function addBatchFlags(command: Command): Command {
  addGroup(command, heading, (group) =>
    group
      .option('--batch-size <n>', 'rows of a mini-batch', parseNumber)
      .option('--lanes <n>', 'parts that sums over a mini-batch are made in', parseNumber)
      .option('--seed <n>', 'decides everything that is random', parseNumber)
      .addOption(new Option('--numerics <mode>', 'how numbers are computed').choices(['strict'])),
  );
  return addSetFlag(command);
}

/** Gives a command the flag that changes any option of a run. */
export function addSetFlag(command: Command): Command {
  return addGroup(command, heading, (group) =>
    group.option(
      '--set <option=value>',
      'any option, such as optimizer.beta1=0.8; null takes it away; may be repeated',
      parseSetting,
    ),
  );
}

/** Gives a command the flags that change what a step does. */
export function addRunFlags(command: Command): Command {
  addGroup(command, heading, (group) =>
    group.option('--lr <rate>', 'learning rate, in place of the optimizer’s own', parseNumber),
  );
  return addBatchFlags(command);
}

/** What the flags change of the run file, by the paths of its options; what `--set` says comes last. */
export function runChanges({ epochs, batchSize, lanes, lr, seed, numerics, set }: RunFlags): RunSettings {
  return {
    ...(epochs === undefined ? {} : { epochs }),
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(lanes === undefined ? {} : { lanes }),
    ...(lr === undefined ? {} : { learningRate: lr }),
    ...(seed === undefined ? {} : { seed }),
    ...(numerics === undefined ? {} : { numerics }),
    ...set,
  };
}
