import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { follow, makeCheckout } from './followPages.ts';
import { blocksOf } from './markdownBlocks.ts';

const root = join(import.meta.dirname, '..');
const pages = globSync(['*.md', 'docs/**/*.md', 'packages/*/*.md', 'examples/**/*.md', 'bench/**/*.md'], {
  cwd: root,
}).map((page) => page.replaceAll('\\', '/'));
const blocks = pages.flatMap((page) => blocksOf(root, page));

/** Imports modules one after another, and says which one it is at. */
const importAll = `for (const name of process.argv.slice(2)) {
  console.log('at ' + name);
  await import(name);
}`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-docs-'));
  makeCheckout(folder);
  for (const { name, code } of blocks) writeFileSync(join(folder, name), code);
  writeFileSync(join(folder, 'importAll.mjs'), importAll);
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(root, 'tsconfig.base.json'),
      compilerOptions: { typeRoots: [join(root, 'node_modules/@types')] },
      files: blocks.map(({ name }) => name),
    }),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a script on this Node.js at the root of the repository. */
function node(...args: readonly string[]): { code: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  return { code: status, output: `${stdout}${stderr}` };
}

it('every fence of TypeScript is a block with a name of its own', () => {
  const fences = pages.flatMap((page) => [
    ...readFileSync(join(root, page), 'utf8').matchAll(/^ *```(?:ts|typescript|js|javascript)\b/gm),
  ]);
  expect(new Set(blocks.map(({ name }) => name)).size).toBe(fences.length);
});

it('every block of TypeScript has the right types', () => {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  expect(node(compiler, '-p', folder)).toEqual({ code: 0, output: '' });
});

// The guide's are run by guide.test.ts, as its pages say.
const alone = blocks.filter(({ page }) => !page.startsWith('docs/guide/'));
const runFiles = alone.filter(({ isRunFile }) => isRunFile);
const modules = alone.filter(({ isRunFile }) => !isRunFile);

it('every run file trains', { timeout: 60_000 }, () => {
  const { outcomes, stderr } = follow(
    folder,
    runFiles.map(({ name }) => ({
      folder: root,
      commands: [
        `npx lockstep train ${join(folder, name)} --epochs 1 --quiet --out ${join(folder, `${name}.run`)}`,
      ],
    })),
  );
  const trained = outcomes.map(({ code, stdout }) => [code, /^weights sha256:[0-9a-f]{64}$/m.test(stdout)]);
  expect(trained, `${outcomes.map(({ stdout }) => stdout).join('')}${stderr}`).toEqual(
    runFiles.map(() => [0, true]),
  );
});

it.each([...Map.groupBy(modules, ({ page }) => page)])(
  'blocks of %s run',
  { timeout: 60_000 },
  (_, group) => {
    const files = group.map(({ name }) => pathToFileURL(join(folder, name)).href);
    const { code, output } = node(join(folder, 'importAll.mjs'), ...files);
    expect(code, output).toBe(0);
  },
);

const link = /\]\((?!https?:)(?<path>[^)#\s]*)(?:#(?<anchor>[^)\s]+))?\)/g;

/** What GitHub makes of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');

function anchorsOf(file: string): readonly string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^#+ (?<heading>.*)$/gm)].map((match) =>
    anchorOf(match.groups?.['heading'] ?? ''),
  );
}

it.each(pages)('%s links to what is there', (page) => {
  const text = readFileSync(join(root, page), 'utf8');
  const broken = [...text.matchAll(link)].flatMap(({ 0: whole, groups }) => {
    const path = groups?.['path'] ?? '';
    const anchor = groups?.['anchor'];
    const file = path === '' ? join(root, page) : resolve(root, dirname(page), path);
    const found = existsSync(file) && (anchor === undefined || anchorsOf(file).includes(anchor));
    return found ? [] : [whole];
  });
  expect(broken).toEqual([]);
});
