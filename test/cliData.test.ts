import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commandInProcess } from './commandInProcess.ts';
import { lockstep, parseLines } from './lockstepProcess.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-cli-data-'));
  vi.stubEnv('LOCKSTEP_DATA', folder);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Puts a file of the data set there that has the right name. */
function putShakespeare(): void {
  mkdirSync(join(folder, 'tinyshakespeare'));
  writeFileSync(join(folder, 'tinyshakespeare', 'input.txt'), 'First Citizen:\n');
}

describe('lockstep data', () => {
  it('lists what there is, and what is here', async () => {
    putShakespeare();
    const first = await commandInProcess(['data', 'list', '--json']);
    expect(first.code).toBe(0);
    const rows = parseLines(first.stdout);
    expect(rows.map(({ name, there }) => [name, there])).toEqual([
      ['mnist', 'no'],
      ['fashion-mnist', 'no'],
      ['cifar-10', 'no'],
      ['tinyshakespeare', 'here'],
    ]);
    expect(rows[0]).toMatchObject({ licence: 'CC BY-SA 3.0', load: "loadMnist(findData('mnist'))" });
    const second = await commandInProcess(['data', 'list', '--data-dir', join(folder, 'other')]);
    expect(second.stdout).toMatch(/^tinyshakespeare +no +Tiny Shakespeare/m);
    expect(second.stdout).toContain(`Folder: ${join(folder, 'other')}\n`);
  });

  it('says which data set was meant, and which there are', async () => {
    const first = await commandInProcess(['data', 'get', 'mnst']);
    expect(first.code).toBe(2);
    expect(first.stderr).toContain('Did you mean mnist?');
    const second = await commandInProcess(['data', 'get']);
    expect(second.code).toBe(2);
    expect(second.stderr).toContain('wanted mnist, fashion-mnist, cifar-10, tinyshakespeare\n');
  });

  it.each([
    [['--mirror', 'files.example/mnist'], '--mirror'],
    [['--mirror', 'file:///data'], '--mirror'],
    [['--timeout', '0'], '--timeout'],
  ])('refuses %j', async (flags, named) => {
    const first = await commandInProcess(['data', 'get', 'mnist', ...flags]);
    expect(first.code).toBe(2);
    expect(first.stderr).toContain(`option '${named} `);
  });

  it('shows the way to a run file that finds its data', async () => {
    const runFile = fileURLToPath(new URL('fixtures/runFiles/shakespeare.ts', import.meta.url));
    const empty = join(folder, 'empty');
    const first = await commandInProcess(['train', runFile, '--data-dir', empty]);
    expect(first.code).toBe(3);
    expect(first.stderr).toContain(`its files in ${join(empty, 'tinyshakespeare')}`);
    expect(first.stderr).toContain('`lockstep data get tinyshakespeare` downloads it');
  });

  it('keeps what has come when it is interrupted', async () => {
    putShakespeare();
    const server = createServer((_, response) => {
      response
        .writeHead(200, { 'content-length': 1_115_394, etag: '"1"' })
        .write('First Citizen:\nBefore we');
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const args = ['data', 'get', 'tinyshakespeare', '--mirror', `http://127.0.0.1:${port}/`];
    let isAsked = false;
    const { code, ...output } = await lockstep(args, {
      onOutput: (child, all) => {
        if (isAsked || !all.includes('input.txt from')) return;
        isAsked = true;
        child.kill('SIGINT');
      },
    });
    server.closeAllConnections();
    server.close();
    expect(code).toBe(130);
    expect(output.stdout).toMatch(
      /^Tiny Shakespeare.*\nwarning: .*input\.txt is 15 bytes.*\ninput\.txt from http:.*\nstopping.*\nWhat has come is kept.*\n$/,
    );
    expect(readdirSync(join(folder, 'tinyshakespeare')).sort()).toEqual([
      'input.txt',
      'input.txt.part',
      'input.txt.part.json',
    ]);
    expect(output.stderr).toBe('');
  });
});
