import { Argument, Command } from 'commander';
import { completionScript, type Shell, shells } from '../completion/index.ts';
import { addExamples } from '../help.ts';

/** `lockstep completion`: what a shell needs to complete commands, flags and their values. */
export function completionCommand(_setExitCode: unknown, wholeProgram: () => Promise<Command>): Command {
  const command = new Command('completion')
    .description('print a script with which a shell completes commands, flags and their values')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .action(async (shell: Shell) => {
      process.stdout.write(completionScript(shell, await wholeProgram()));
    });
  return addExamples(command, [
    ['source <(lockstep completion bash)', 'in ~/.bashrc'],
    ['lockstep completion zsh > ~/.zfunc/_lockstep', 'a folder of $fpath, before compinit'],
    ['lockstep completion fish > ~/.config/fish/completions/lockstep.fish', 'fish reads it by itself'],
  ]);
}
