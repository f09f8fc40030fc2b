import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeProgram } from '../program.ts';
import { completionScript, type Shell } from './index.ts';

const isThere = (shell: string): boolean => spawnSync(shell, ['-c', 'exit 0']).status === 0;

/** What is typed, and what has to be among what the shell offers, or nothing at all. */
const cases: readonly (readonly [
  typed: readonly string[],
  offered: readonly string[],
  never: readonly string[],
])[] = [
  [['tr'], ['train'], ['verify']],
  [['train', '--w'], ['--workers'], ['--reduce']],
  [
    ['verify', '--s'],
    ['--steps', '--seed'],
    ['--plot', '--staleness-aware'],
  ],
  [['bench', '--mode', ''], ['sync', 'hogwild', 'stale', 'server', 'local'], ['tree']],
  [['profile', '--b'], ['--bound', '--batch-size'], ['--local-steps']],
  [['train', '--reduce', ''], ['auto', 'fused', 'tree', 'naive'], ['train']],
  [['train', 'run.ts', '--reduce', 't'], ['tree'], ['auto']],
  [['completion', ''], ['bash', 'zsh', 'fish'], ['train']],
  [['train', 'ru'], ['run.ts'], ['train']],
];

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-completion-'));
  writeFileSync(join(folder, 'run.ts'), '');
  const program = await makeProgram({ isNeeded: () => true, setExitCode: () => {} });
  for (const shell of ['bash', 'zsh', 'fish'] as const)
    writeFileSync(join(folder, shell), completionScript(shell, program));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Programs of each shell that print what it offers for the words that are its arguments. */
const asking: Readonly<Record<Shell, string>> = {
  // Like readline: calls the function, and falls back to names of files.
  bash: `source ./bash
COMP_WORDS=(lockstep "$@"); COMP_CWORD=$#
_lockstep
if [ \${#COMPREPLY[@]} -gt 0 ]; then printf '%s\\n' "\${COMPREPLY[@]}"; else compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"; fi`,
  // The functions of zsh's completion system that the script calls print what they are given instead of listing it.
  zsh: `compdef() { :; }
_describe() { local -a given=(\${(P)@[-1]}); print -l -- \${(M)\${given%%:*}:#$PREFIX*} }
_files() { print -l -- $PREFIX*(N) }
source ./zsh
words=(lockstep "$@") CURRENT=$(( $# + 1 )) PREFIX="\${@[-1]}"
_lockstep`,
  fish: `source ./fish
complete -C "lockstep $argv"`,
};

const words = (text: string): readonly string[] => text.split(/\s+/);

describe.each(['bash', 'zsh', 'fish'] as const)('%s', (shell) => {
  it.skipIf(!isThere(shell)).each(cases)('completes %j', (typed, offered, never) => {
    const file = join(folder, `ask.${shell}`);
    writeFileSync(file, asking[shell]);
    const output = execFileSync(shell, [file, ...typed], { cwd: folder, encoding: 'utf8' });
    const got = words(output);
    expect(got).toEqual(expect.arrayContaining([...offered]));
    for (const word of never) expect(got.filter((each) => each === word)).toEqual([]);
  });
});
