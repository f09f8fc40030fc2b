import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..');
const commandLine = join(root, 'packages/cli/src/commandLine.ts');

/** Makes a folder that looks like the root of a checkout to the files in it. */
export function makeCheckout(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const linked of ['node_modules', 'packages', 'examples'])
    symlinkSync(join(root, linked), join(folder, linked), 'junction');
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
}

/** What is typed in a folder, one after another. */
export interface Followed {
  readonly folder: string;
  /** `npx lockstep train run.ts`, or `npx node program.ts`. */
  readonly commands: readonly string[];
}

/** What came of it. */
export interface Outcome {
  /** Of the first command that failed; 0 if none did. */
  readonly code: number;
  readonly stdout: string;
}

const endOfOne = '(end)';

const program = `import { enableCompileCache } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

enableCompileCache();
const { runCommandLine } = await import(${JSON.stringify(pathToFileURL(commandLine).href)});

for (const { folder, commands } of JSON.parse(process.argv[2])) {
  process.chdir(folder);
  let code = 0;
  for (const line of commands) {
    console.log('$ ' + line);
    const [, program, ...args] = line.split(' ');
    if (program === 'node') await import(pathToFileURL(resolve(args[0])).href);
    else code = await runCommandLine(args);
    if (code !== 0) break;
  }
  console.log(code + '${endOfOne}');
}
`;

/**
 * Types commands, all in one process: starting one for each takes longer than most of them.
 *
 * @param folder - for the program that does it
 */
export function follow(
  folder: string,
  all: readonly Followed[],
): { readonly outcomes: readonly Outcome[]; readonly stderr: string } {
  const file = join(folder, 'follow.mjs');
  writeFileSync(file, program);
  const { stdout, stderr } = spawnSync(process.execPath, [file, JSON.stringify(all)], { encoding: 'utf8' });
  const parts = stdout.split(endOfOne);
  const outcomes = all.map((_, at) => {
    const part = parts[at] ?? '';
    // A program that threw has ended the process.
    return { code: at < parts.length - 1 ? Number(/\d+$/.exec(part)?.[0]) : 1, stdout: part };
  });
  return { outcomes, stderr };
}
