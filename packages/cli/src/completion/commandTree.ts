import type { Command, Option } from 'commander';

/** A flag, as a shell completes it. */
export interface CompletedFlag {
  /** `--workers`; before it `-h`, if there is a short one. */
  readonly names: readonly string[];
  readonly description: string;
  /** Another word may follow it. */
  readonly takesValue: boolean;
  /** The values that it takes, if there are few. */
  readonly choices: readonly string[];
}

/** A command, as a shell completes it. */
export interface CompletedCommand {
  /** `lockstep`, `lockstep train`. */
  readonly path: string;
  readonly name: string;
  readonly description: string;
  readonly flags: readonly CompletedFlag[];
  /** Values of arguments that take one of a few. */
  readonly choices: readonly string[];
  readonly commands: readonly CompletedCommand[];
}

function completedFlag({
  short,
  long,
  description,
  required,
  optional,
  argChoices = [],
}: Option): CompletedFlag {
  return {
    names: [short, long].filter((name) => name !== undefined),
    description,
    takesValue: required || optional,
    choices: argChoices,
  };
}

/** The commands below one, and their flags, as plain data. */
export function commandTree(command: Command, before = ''): CompletedCommand {
  const help = command.createHelp();
  const path = `${before}${command.name()}`;
  return {
    path,
    name: command.name(),
    description: help.subcommandDescription(command),
    flags: help.visibleOptions(command).map(completedFlag),
    choices: command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
    commands: help.visibleCommands(command).map((each) => commandTree(each, `${path} `)),
  };
}

/** A command and all below it. */
export function everyCommand(command: CompletedCommand): readonly CompletedCommand[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}
