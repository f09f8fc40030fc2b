import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { commands } from './commands/index.ts';
import { environmentVariables, exitCodes } from './help.ts';
import { makeProgram } from './program.ts';

const program = await makeProgram({ isNeeded: () => true, setExitCode: () => {} });

/** What `--help` prints. */
function helpOf(command: Command): string {
  const parts: string[] = [];
  command.configureOutput({ writeOut: (text) => void parts.push(text) }).outputHelp();
  return parts.join('');
}

/** A command and those below it. */
const family = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(family)];

/** A command that does nothing but look at its command line. */
function withoutAction(command: Command): void {
  command.action(() => {});
  for (const sub of command.commands) withoutAction(sub);
}

/** Arguments of the examples in a help text: what a shell makes of the lines without their comments. */
const examplesIn = (help: string): readonly string[][] =>
  [...help.matchAll(/^ {2}\$ .*?\blockstep ([^#>|)]+)/gm)].map(([, words = '']) => words.trim().split(' '));

it('lists every command by the name that it has', async () => {
  const names = program.commands.map((command) => command.name());
  expect(names).toEqual(commands.map(({ name }) => name));
  const help = helpOf(await makeProgram({ isNeeded: () => false, setExitCode: () => {} }));
  for (const { name, summary } of commands) expect(help).toMatch(new RegExp(`^  ${name} +${summary}`, 'm'));
});

it('tells of exit codes, and of every environment variable that is looked at', () => {
  const help = helpOf(program);
  for (const [code] of exitCodes) expect(help).toMatch(new RegExp(`^  ${code} `, 'm'));
  const sources = globSync('packages/*/src/**/*.ts', { cwd: join(import.meta.dirname, '../../..') });
  const used = new Set(
    sources
      .filter((file) => !file.endsWith('.test.ts'))
      .flatMap(
        (file) =>
          readFileSync(join(import.meta.dirname, '../../..', file), 'utf8').match(/\bLOCKSTEP_[A-Z_]+\b/g) ??
          [],
      ),
  );
  expect(used.size).toBeGreaterThan(1);
  expect(environmentVariables.map(([name]) => name)).toEqual(expect.arrayContaining([...used]));
});

it.each(program.commands.map((command) => [command.name(), command] as const))(
  '%s has examples, which its command line takes',
  async (_name, command) => {
    const examples = family(command).flatMap((each) => examplesIn(helpOf(each)));
    expect(examples.length).toBeGreaterThan(0);
    withoutAction(program);
    for (const example of examples) await program.parseAsync(example, { from: 'user' });
  },
);
