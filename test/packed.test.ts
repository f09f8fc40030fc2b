import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NodeMajor, nodeBinary, nodeMajors } from './nodeVersions.ts';

const root = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'lockstep-packed-'));
/** Has core and nothing else. */
const alone = join(scratch, 'alone');
/** Has all packages. */
const together = join(scratch, 'together');

function call(command: string, folder: string, ...args: readonly string[]): void {
  execFileSync(command, args, { cwd: folder, stdio: 'pipe', shell: process.platform === 'win32' });
}

/** Packs a package and answers with the path of its tarball. */
function pack(name: string): string {
  call('npx', join(root, 'packages', name), '--yes', 'pnpm@12', 'pack', '--pack-destination', scratch);
  const packed = readdirSync(scratch).find((file) => file.startsWith(`lockstep-${name}-`));
  if (packed === undefined) throw new Error(`${name} was not packed`);
  return join(scratch, packed);
}

/** Makes an empty folder and installs tarballs there, as a user would. */
function install(folder: string, ...tarballs: readonly string[]): void {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', private: true }));
  call('npm', folder, 'install', '--prefer-offline', '--no-audit', '--no-fund', ...tarballs);
}

function run(folder: string, major: NodeMajor, ...args: readonly string[]): ReturnType<typeof spawnText> {
  return spawnText(nodeBinary(major), folder, args);
}

function spawnText(command: string, cwd: string, args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 20_000 });
  return { status, stdout, stderr };
}

/** Files of an installed package. */
function filesOf(name: string): readonly string[] {
  const files = readdirSync(join(together, 'node_modules/@lockstep', name), {
    recursive: true,
    encoding: 'utf8',
  });
  return files.filter((file) => !file.includes('node_modules'));
}

beforeAll(() => {
  const [core, ...others] = [pack('core'), pack('parallel'), pack('cli')];
  install(alone, core);
  install(together, core, ...others);
  writeFileSync(
    join(together, 'run.js'),
    `import { defineRun, dense, fromArrays, sequential } from '@lockstep/core';
     export default defineRun({
       data: fromArrays({ x: [[0], [1], [2], [3]], y: [[0], [2], [4], [6]] }),
       model: sequential(dense(16, { activation: 'tanh' }), dense(1)),
       loss: 'meanSquaredError',
       epochs: 5,
     });`,
  );
  writeFileSync(
    join(together, 'both.js'),
    `import { fit } from '@lockstep/core';
     import { train } from '@lockstep/parallel';
     import run from './run.js';
     const alone = await fit(run);
     const together = await train(run, { workers: 2 });
     console.log(together.weightsHash === alone.weightsHash);`,
  );
}, 120_000);

afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

describe('@lockstep/core, packed and installed by itself', () => {
  it.each(nodeMajors)('is importable on Node %i', (major) => {
    const program = `
      import { LockstepError } from '@lockstep/core';
      import { setWasmFlags } from '@lockstep/core/node';
      setWasmFlags({ revectorize: false });
      console.log(new LockstepError('INTERNAL', 'made by a consumer').message);
    `;
    expect(run(alone, major, '--input-type=module', '--eval', program)).toEqual({
      status: 0,
      stdout: 'made by a consumer\n',
      stderr: '',
    });
  });

  it('has one class of errors, whatever entry throws them', () => {
    const program = `
      import { LockstepError } from '@lockstep/core';
      import { LockstepError as ofEngine } from '@lockstep/core/engine';
      import { readIdx } from '@lockstep/core/node';
      try { readIdx('nowhere'); } catch (error) { console.log(error instanceof LockstepError, LockstepError === ofEngine); }
    `;
    expect(run(alone, 26, '--input-type=module', '--eval', program).stdout).toBe('true true\n');
  });

  it('brings types that a strict consumer can check, with those of the library itself', () => {
    writeFileSync(
      join(alone, 'consumer.ts'),
      `import { type ErrorCode, LockstepError } from '@lockstep/core';
       export const code: ErrorCode = new LockstepError('INTERNAL', 'x').code;
       // @ts-expect-error a code that the catalogue does not have
       export const wrong: ErrorCode = 'NO_SUCH_CODE';`,
    );
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--lib', 'esnext,dom', '--types', ''];
    const checked = spawnText(join(root, 'node_modules/.bin/tsc'), alone, [...options, 'consumer.ts']);
    expect(checked).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});

describe('all packages, packed and installed', () => {
  it.each(nodeMajors)('train in threads of compiled code on Node %i', (major) => {
    expect(run(together, major, 'both.js')).toEqual({ status: 0, stdout: 'true\n', stderr: '' });
  });

  it.each(nodeMajors)('have a command that verifies a run on Node %i', (major) => {
    // One number of workers, none, and a process of its own: every entry that a thread or a process starts from.
    const command = join('node_modules', '@lockstep', 'cli', 'dist', 'main.js');
    const verified = run(together, major, command, 'verify', 'run.js', '--workers', '2');
    expect(verified).toMatchObject({ status: 0, stderr: '' });
    expect(verified.stdout).toMatch(/all 3 trainings gave the same bits\n$/);
  });

  it.each(['core', 'parallel', 'cli'])(
    'carry compiled code and the licence, and neither tests nor sources: %s',
    (name) => {
      const files = filesOf(name);
      expect(files).toContain('LICENSE');
      expect(files).toContain(join('dist', name === 'cli' ? 'main.js' : 'index.js'));
      expect(files.filter((file) => /\.test\.|tsbuildinfo|(?<!\.d)\.ts$/.test(file))).toEqual([]);
    },
  );
});
