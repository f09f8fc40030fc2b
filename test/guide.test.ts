import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { follow, makeCheckout, type Outcome } from './followPages.ts';
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
  const parts = [...fences].map(({ groups }) => [groups?.['commands'] ?? '', groups?.['printed'] ?? '']);
  const split = (part = ''): string[] => part.split('\n').filter((line) => line !== '');
  return {
    page,
    blocks: blocksOf(root, page),
    commands: parts.flatMap(([commands]) => split(commands)),
    printed: parts.flatMap(([, printed]) => split(printed)),
  };
}
const walks = pages.map(walkOf);

/** Whether a line is what a page shows. */
function fits(line: string, shown: string): boolean {
  const parts = shown.split('...').map((part) => RegExp.escape(part));
  return new RegExp(`^${parts.join('.*')}$`).test(line);
}

let outcomes: readonly Outcome[] = [];
let errors = '';
beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-guide-'));
  try {
    const followed = walks.map(({ page, blocks, commands }) => {
      const checkout = join(folder, basename(page, '.md'));
      makeCheckout(checkout);
      for (const { path, name, text } of blocks) writeFileSync(join(checkout, path ?? name), text);
      return { folder: checkout, commands };
    });
    ({ outcomes, stderr: errors } = follow(folder, followed));
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
  const { code, stdout } = outcomes[pages.indexOf(page)] ?? { code: 1, stdout: '' };
  expect(code, `${stdout}${errors}`).toBe(0);
  const rest = stdout.split('\n').values();
  const missing = printed.filter((shown) => shown !== '...' && !rest.some((line) => fits(line, shown)));
  expect(missing, stdout).toEqual([]);
});
