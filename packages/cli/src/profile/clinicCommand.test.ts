import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clinicCommand } from './clinicCommand.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-clinic-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('npx fetches the pinned clinic, which watches this Node.js', () => {
  const command = clinicCommand('flame', ['a.ts', 'task.json'], { folder, reports: 'out', open: false });
  expect(command).toEqual({
    program: 'npx',
    args: [
      ...['--yes', 'clinic@13.0.0', 'flame', '--dest', 'out', '--open=false'],
      ...['--', process.execPath, 'a.ts', 'task.json'],
    ],
  });
});

it('a clinic that is installed is called by this Node.js', () => {
  const clinic = join(folder, 'node_modules', 'clinic');
  mkdirSync(clinic, { recursive: true });
  writeFileSync(join(clinic, 'package.json'), '{"name":"clinic"}');
  writeFileSync(join(clinic, 'bin.js'), '');
  const { program, args } = clinicCommand('doctor', ['a.ts'], { folder, reports: 'out', open: true });
  expect(program).toBe(process.execPath);
  expect(args.slice(0, 5)).toEqual([join(clinic, 'bin.js'), 'doctor', '--dest', 'out', '--open=true']);
});
