import { LockstepError } from '@lockstep/core';
import {
  checkMode,
  checkModeUses,
  type Mode,
  type ModeName,
  modeNames,
  type ReduceChoice,
} from '@lockstep/parallel';
import { type Command, Option } from 'commander';
import { addGroup } from './help.ts';
import type { LossFlags } from './lossFlags.ts';
import { parseCount, parseNonNegative, parsePositive, parsePositiveInteger } from './parseNumber.ts';

/** Flags that say how workers keep together. */
export interface ModeFlags {
  readonly mode: ModeName;
  readonly bound?: number;
  readonly queue?: number;
  readonly stalenessAware?: true;
  readonly delayCompensation?: number;
  readonly replicas?: number;
  readonly localSteps?: number;
  readonly outerLr?: number;
  readonly outerMomentum?: number;
}

/** Which option of which mode a flag is. */
const optionOf = {
  bound: { mode: 'stale', option: 'bound', flag: '--bound' },
  queue: { mode: 'server', option: 'slots', flag: '--queue' },
  stalenessAware: { mode: 'server', option: 'stalenessAware', flag: '--staleness-aware' },
  delayCompensation: { mode: 'server', option: 'delayCompensation', flag: '--delay-compensation' },
  replicas: { mode: 'local', option: 'replicas', flag: '--replicas' },
  localSteps: { mode: 'local', option: 'steps', flag: '--local-steps' },
  outerLr: { mode: 'local', option: 'outerLearningRate', flag: '--outer-lr' },
  outerMomentum: { mode: 'local', option: 'outerMomentum', flag: '--outer-momentum' },
} as const satisfies Record<
  Exclude<keyof ModeFlags, 'mode'>,
  { readonly mode: ModeName; readonly option: string; readonly flag: string }
>;

/** The options of modes, as flags: `--bound` and so on. */
function optionFlags(): readonly Option[] {
  return [
    new Option(
      '--bound <n>',
      'stale: steps that a worker may be ahead of the slowest (default: 4)',
    ).argParser(parseCount),
    new Option(
      '--queue <n>',
      'server: gradients of a worker that may wait to be applied (default: 1)',
    ).argParser(parsePositiveInteger),
    new Option('--staleness-aware', 'server: late gradients count for less'),
    new Option(
      '--delay-compensation <x>',
      'server: correct late gradients by so much (default: 0)',
    ).argParser(parseNonNegative),
    new Option('--replicas <n>', 'local: models that are trained apart (default: 4)').argParser(
      parsePositiveInteger,
    ),
    new Option('--local-steps <n>', 'local: steps before replicas meet (default: 8)').argParser(
      parsePositiveInteger,
    ),
    new Option(
      '--outer-lr <x>',
      'local: of the step towards the mean of the replicas (default: 1)',
    ).argParser(parsePositive),
    new Option('--outer-momentum <x>', 'local: Nesterov momentum of that step (default: 0)').argParser(
      parseNonNegative,
    ),
  ];
}

export interface ModeFlagsShown {
  /** What `--mode` does. */
  readonly does?: string;
  /** Modes that the command refuses: it takes the flags of their options, so that it can say why, but its help has none of them. */
  readonly refused?: readonly string[];
}

/** Gives a command the flags that say how workers keep together. */
export function addModeFlags(
  command: Command,
  {
    does = 'how the threads keep together; all but sync and local give up equal bits',
    refused = [],
  }: ModeFlagsShown = {},
): Command {
  const modeFlag = new Option('--mode <mode>', does).choices([...modeNames]).default('sync');
  const ofRefused = Object.values(optionOf).filter(({ mode }) => refused.includes(mode));
  return addGroup(command, 'Modes (docs/modes.md):', (group) => {
    group.addOption(modeFlag);
    for (const option of optionFlags())
      group.addOption(option.hideHelp(ofRefused.some(({ flag }) => flag === option.long)));
  });
}

/** Flags besides that mean nothing in some modes. */
export interface ModeDependentFlags extends Pick<LossFlags, 'copySeconds'> {
  readonly reduce?: ReduceChoice;
}

/**
 * The mode that the flags ask for, with all its options.
 *
 * @throws LockstepError BAD_OPTION for a flag of another mode; what `checkMode` throws
 */
export function modeOf(flags: ModeFlags & ModeDependentFlags): Mode {
  const options: Record<string, unknown> = {};
  for (const [name, { mode, option, flag }] of Object.entries(optionOf)) {
    const value = flags[name as keyof typeof optionOf];
    if (value === undefined) continue;
    if (mode !== flags.mode)
      throw new LockstepError('BAD_OPTION', `the flag belongs to another mode`, {
        where: { field: flag },
        got: `--mode ${flags.mode}`,
        wanted: `--mode ${mode}`,
        hint: `Leave ${flag} out, or add --mode ${mode}.`,
      });
    options[option] = value;
  }
  const mode = checkMode({ name: flags.mode, ...options } as Mode);
  checkModeUses(mode, flags, { reduce: '--reduce', copySeconds: '--copy-seconds' });
  return mode;
}
