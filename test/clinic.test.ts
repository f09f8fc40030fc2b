import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockstep } from './lockstepProcess.ts';

const runFile = fileURLToPath(new URL('fixtures/runFiles/small.ts', import.meta.url));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-clinic-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** npx may have to fetch 154 MB first, so `npm test` skips it and `pnpm soak` has it. */
describe.runIf(process.env['CLINIC'] === '1')('clinic', { timeout: 300_000 }, () => {
  it.each([
    ['flame', []],
    ['doctor', ['--workers', '2']],
    ['bubbleprof', ['--workers', '2']],
  ])('%s makes a report of training', async (tool, flags) => {
    const out = join(folder, tool);
    const { code, stdout, stderr } = await lockstep([
      ...['profile', runFile, '--tool', tool, '--seconds', '1', '--out', out],
      ...flags,
    ]);
    expect([code, stderr]).toEqual([0, expect.stringContaining(`clinic ${tool} watches 1 s`)]);
    const reports = globSync(join(out, '*.html'));
    expect(reports).toEqual([stdout.trim()]);
    const page = readFileSync(reports[0] ?? '', 'utf8');
    expect(page).toContain('</html>');
    // Kernels go by their names.
    if (tool === 'flame') expect(page).toContain('train.0');
  });
});
