import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeBinary, nodeMajors } from './nodeVersions.ts';

const root = join(import.meta.dirname, '..');
const consumer = mkdtempSync(join(tmpdir(), 'lockstep-packed-'));

function pnpm(folder: string, ...args: readonly string[]): void {
  execFileSync('npx', ['--yes', 'pnpm@12', ...args], {
    cwd: folder,
    stdio: 'pipe',
    shell: process.platform === 'win32',
  });
}

beforeAll(() => {
  writeFileSync(join(consumer, 'package.json'), JSON.stringify({ type: 'module', private: true }));
  pnpm(join(root, 'packages/core'), 'pack', '--pack-destination', consumer);
  const tarball = readdirSync(consumer).find((file) => file.endsWith('.tgz'));
  pnpm(consumer, 'add', '--prefer-offline', `./${tarball}`);
}, 60_000);

afterAll(() => {
  rmSync(consumer, { recursive: true, force: true });
});

describe('@lockstep/core, packed and installed', () => {
  it.each(nodeMajors)('is importable on Node %i', (major) => {
    const program = `
      import { LockstepError } from '@lockstep/core';
      import { setWasmFlags } from '@lockstep/core/node';
      setWasmFlags({ revectorize: false });
      console.log(new LockstepError('INTERNAL', 'made by a consumer').message);
    `;
    const run = spawnSync(nodeBinary(major), ['--input-type=module', '--eval', program], {
      cwd: consumer,
      encoding: 'utf8',
    });
    expect(run.stderr).toBe('');
    expect(run.stdout).toBe('made by a consumer\n');
  });

  it('brings types that a strict consumer can check, with those of the library itself', () => {
    writeFileSync(
      join(consumer, 'consumer.ts'),
      `import { type ErrorCode, LockstepError } from '@lockstep/core';
       export const code: ErrorCode = new LockstepError('INTERNAL', 'x').code;
       // @ts-expect-error a code that the catalogue does not have
       export const wrong: ErrorCode = 'NO_SUCH_CODE';`,
    );
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--lib', 'esnext,dom', '--types', ''];
    const run = spawnSync(join(root, 'node_modules/.bin/tsc'), [...options, 'consumer.ts'], {
      cwd: consumer,
      encoding: 'utf8',
    });
    expect(run.stdout).toBe('');
    expect(run.status).toBe(0);
  });

  it('carries compiled code and the licence, and neither tests nor sources', () => {
    const files = readdirSync(join(consumer, 'node_modules/@lockstep/core'), {
      recursive: true,
      encoding: 'utf8',
    });
    const own = files.filter((file) => !file.includes('node_modules'));
    expect(own).toContain('LICENSE');
    expect(own).toContain(join('dist', 'index.js'));
    expect(own.filter((file) => /\.test\.|tsbuildinfo|(?<!\.d)\.ts$/.test(file))).toEqual([]);
  });
});
