import type { Command } from 'commander';
import { bashScript } from './bash.ts';
import { type CompletedCommand, commandTree } from './commandTree.ts';
import { fishScript } from './fish.ts';
import { zshScript } from './zsh.ts';

/** Shells that can complete, and what makes their scripts; a new one is one line here. */
const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const satisfies Readonly<
  Record<string, (root: CompletedCommand) => string>
>;

export type Shell = keyof typeof scripts;

export const shells: readonly string[] = Object.keys(scripts);

/** A script with which a shell completes the words of a command line. It has all of them in it and starts no process. */
export function completionScript(shell: Shell, program: Command): string {
  return scripts[shell](commandTree(program));
}
