import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeBinary, nodeMajors } from './nodeVersions.ts';

const root = join(import.meta.dirname, '..');
const consumer = mkdtempSync(join(tmpdir(), 'lockstep-packed-threads-'));

function pnpm(folder: string, ...args: readonly string[]): void {
  execFileSync('npx', ['--yes', 'pnpm@12', ...args], {
    cwd: folder,
    stdio: 'pipe',
    shell: process.platform === 'win32',
  });
}

/** Packs a package and answers with the file's name. */
function pack(name: string): string {
  pnpm(join(root, 'packages', name), 'pack', '--pack-destination', consumer);
  const packed = readdirSync(consumer).find((file) => file.startsWith(`lockstep-${name}-`));
  if (packed === undefined) throw new Error(`${name} was not packed`);
  return packed;
}

beforeAll(() => {
  const core = pack('core');
  const parallel = pack('parallel');
  writeFileSync(join(consumer, 'package.json'), JSON.stringify({ type: 'module', private: true }));
  writeFileSync(
    join(consumer, 'pnpm-workspace.yaml'),
    `overrides:\n  "@lockstep/core": "file:./${core}"\nallowBuilds: {}\n`,
  );
  pnpm(consumer, 'add', '--prefer-offline', `./${core}`, `./${parallel}`);
  writeFileSync(
    join(consumer, 'run.js'),
    `import { defineRun, dense, fit, fromArrays, sequential } from '@lockstep/core';
     import { train } from '@lockstep/parallel';
     const run = defineRun({
       data: fromArrays({ x: [[0], [1], [2], [3]], y: [[0], [2], [4], [6]] }),
       model: sequential(dense(16, { activation: 'tanh' }), dense(1)),
       loss: 'meanSquaredError',
       epochs: 5,
     });
     const alone = await fit(run);
     const together = await train(run, { workers: 2 });
     console.log(together.weightsHash === alone.weightsHash);`,
  );
}, 60_000);

afterAll(() => {
  rmSync(consumer, { recursive: true, force: true });
});

describe('@lockstep/parallel, packed and installed', () => {
  it.each(nodeMajors)('trains in threads of compiled code on Node %i', (major) => {
    const run = spawnSync(nodeBinary(major), ['run.js'], {
      cwd: consumer,
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect(run.stderr).toBe('');
    expect(run.stdout).toBe('true\n');
  });
});
