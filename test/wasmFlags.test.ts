import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { nodeBinary, nodeMajors } from './nodeVersions.ts';

it.each(nodeMajors)('Node %i knows the flags that setWasmFlags sets', (major) => {
  const program = `
    import { setWasmFlags } from '@lockstep/core/node';
    setWasmFlags({ revectorize: true });
    setWasmFlags({ revectorize: false });
  `;
  const run = spawnSync(nodeBinary(major), ['--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  });
  expect(run.status).toBe(0);
  expect(run.stderr).not.toMatch(/flag/);
});
