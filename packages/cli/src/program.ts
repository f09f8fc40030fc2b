import { Command } from 'commander';
import { type CommandEntry, commands } from './commands/index.ts';
import { addDataDirFlag } from './dataDirFlag.ts';
import { closingHelp } from './help.ts';
import { version } from './version.ts';

export interface ProgramOptions {
  /** Which commands to load; the others are there by name alone. */
  isNeeded(entry: CommandEntry): boolean;
  setExitCode(code: number): void;
}

/** Gives a command, and those below it, what all commands have in common. */
async function finish(command: Command, parent: Command, before: string): Promise<Command> {
  const { suggestChoices } = await import('./suggestChoices.ts');
  const path = `${before} ${command.name()}`;
  command.copyInheritedSettings(parent);
  command.showHelpAfterError(`(${path} --help lists flags and examples)`);
  suggestChoices(command);
  // A run file may look for its data.
  if (/^run/.test(command.registeredArguments[0]?.name() ?? '')) addDataDirFlag(command);
  for (const sub of command.commands) await finish(sub, command, path);
  return command;
}

async function load(entry: CommandEntry, program: Command, options: ProgramOptions): Promise<Command> {
  if (!options.isNeeded(entry)) return new Command(entry.name).summary(entry.summary);
  const factory = await entry.load();
  const wholeProgram = (): Promise<Command> => makeProgram({ ...options, isNeeded: () => true });
  return (await finish(factory(options.setExitCode, wholeProgram), program, program.name())).summary(
    entry.summary,
  );
}

/** The command line: all commands, of which those that are needed can be run. */
export async function makeProgram(options: ProgramOptions): Promise<Command> {
  const program = new Command('lockstep')
    .description('Data-parallel neural-network training with bit-identical results for any number of workers')
    .usage('<command> [options]')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show the help of a command')
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addHelpText('after', closingHelp)
    .showSuggestionAfterError()
    .showHelpAfterError('(lockstep --help lists the commands)')
    .exitOverride();
  for (const entry of commands) program.addCommand(await load(entry, program, options));
  return program;
}
