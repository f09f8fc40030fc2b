import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { type Block, blocksOf } from './markdownBlocks.ts';

const root = join(import.meta.dirname, '..');
const pages = globSync('docs/guide/*.md', { cwd: root })
  .map((page) => page.replaceAll('\\', '/'))
  .filter((page) => basename(page) !== 'README.md');

/** What somebody who follows a page types, and what it says that they see. */
interface Walk {
  readonly page: string;
  readonly blocks: readonly Block[];
  readonly commands: readonly string[];
  /** Lines that are printed in this order, `...` standing for any number of them, or for a part of one. */
  readonly printed: readonly string[];
}

function walkOf(page: string): Walk {
  const text = readFileSync(join(root, page), 'utf8');
  const fences = text.matchAll(/^```sh\n(?<commands>.*?)^```(?:\n\n```\n(?<printed>.*?)^```)?$/gms);
  const lines = [...fences].map(({ groups }) => [groups?.['commands'] ?? '', groups?.['printed'] ?? '']);
  const split = (part: string): string[] => part.split('\n').filter((line) => line !== '');
  return {
    page,
    blocks: blocksOf(root, page),
    commands: lines.flatMap(([commands = '']) => split(commands).map((line) => line.replace(/\s+#.*/, ''))),
    printed: lines.flatMap(([, printed = '']) => split(printed)),
  };
}
const walks = pages.map(walkOf);

/** Follows pages in one process: `npx lockstep ...`, and programs by `npx node`. */
const followAll = `import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runCommandLine } from './packages/cli/src/commandLine.ts';

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
  console.log('end of page: ' + code);
}
`;

/** Whether a line is what a page shows. */
function fits(line: string, shown: string): boolean {
  const parts = shown.split('...').map((part) => RegExp.escape(part));
  return new RegExp(`^${parts.join('.*')}`).test(line);
}

/** A folder that looks like the root of a checkout, with the files of a page. */
function checkoutFor({ page, blocks }: Walk, folder: string): string {
  const checkout = join(folder, basename(page, '.md'));
  mkdirSync(checkout);
  for (const linked of ['node_modules', 'packages', 'examples'])
    symlinkSync(join(root, linked), join(checkout, linked), 'junction');
  writeFileSync(join(checkout, 'package.json'), JSON.stringify({ type: 'module' }));
  for (const { path, name, text } of blocks) writeFileSync(join(checkout, path ?? name), text);
  return checkout;
}

const outputs = new Map<string, string>();
let errors = '';
beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-guide-'));
  try {
    const followed = walks.map((walk) => ({ folder: checkoutFor(walk, folder), commands: walk.commands }));
    symlinkSync(join(root, 'packages'), join(folder, 'packages'), 'junction');
    writeFileSync(join(folder, 'followAll.mjs'), followAll);
    const args = [join(folder, 'followAll.mjs'), JSON.stringify(followed)];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    for (const [at, output] of stdout.split(/(?<=^end of page: \d+\n)/m).entries())
      outputs.set(pages[at] ?? 'after the last page', output);
    errors = stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 120_000);

it.each(walks)('$page: every program is run', ({ blocks, commands }) => {
  const imported = blocks.flatMap(({ text }) =>
    [...text.matchAll(/ from '\.\/([^']+)'/g)].map(([, path]) => path),
  );
  const named = commands.flatMap((command) => command.split(' '));
  const idle = blocks.filter(({ path }) => path === undefined || ![...imported, ...named].includes(path));
  expect(idle.map(({ name }) => name)).toEqual([]);
  expect(commands.filter((command) => !/^npx (?:lockstep|node) /.test(command))).toEqual([]);
});

it.each(walks)('$page: its commands do what it says', ({ page, printed }) => {
  const output = outputs.get(page) ?? '';
  expect(output, `${output}${errors}`).toMatch(/^end of page: 0$/m);
  const rest = output.split('\n').values();
  const missing = printed.filter((shown) => shown !== '...' && !rest.some((line) => fits(line, shown)));
  expect(missing, output).toEqual([]);
});
