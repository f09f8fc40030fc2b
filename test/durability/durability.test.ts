import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FileCall } from './fileCall.ts';
import { orderViolations } from './orderViolations.ts';
import { smallRun, watchedCommand } from './watchedCommand.ts';

let folder = '';
let calls: readonly FileCall[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-durability-'));
  const flags = [
    '--out',
    'runs/deep/one',
    '--checkpoint-epochs',
    '1',
    '--keep-last',
    '2',
    '--json',
    '--workers',
    '1',
  ];
  const first = await watchedCommand(folder, ['train', smallRun, ...flags, '--epochs', '3']);
  const second = await watchedCommand(folder, ['train', smallRun, ...flags, '--resume']);
  expect([first.code, second.code, second.stderr]).toEqual([0, 0, '']);
  ({ calls } = second);
}, 60_000);
afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(`${folder}.calls`);
});

/** The calls of a kind, by their places. */
const placesOf = (isMeant: (call: FileCall) => boolean): number[] =>
  calls.flatMap((call, at) => (isMeant(call) ? [at] : []));

describe('the file calls of a run that is saved and resumed', () => {
  it('leave nothing to a power failure that was said to be saved', () => {
    expect(orderViolations(calls)).toEqual([]);
    expect(placesOf(({ call, file }) => call === 'rename' && file.endsWith('.ckpt'))).toHaveLength(6);
    expect(placesOf(({ call, file }) => call === 'rm' && file.endsWith('.ckpt'))).toHaveLength(2);
    expect(placesOf(({ call, text = '' }) => call === 'write' && text.includes('"checkpoint"'))).toHaveLength(
      6,
    );
  });

  it('are needed: without any one that syncs what is replaced, something would be lost', () => {
    const syncs = placesOf(({ call, file }) => call === 'fsync' && /(?:\.tmp|checkpoints)$/.test(file));
    expect(syncs.length).toBeGreaterThan(10);
    for (const at of syncs) expect(orderViolations(calls.toSpliced(at, 1)), calls[at]?.point).not.toEqual([]);
  });

  it('would be wrong in another order', () => {
    const swapped = (first: number, second: number): readonly FileCall[] => {
      const moved = calls.toSpliced(second, 1);
      return calls[second] ? moved.toSpliced(first, 0, calls[second]) : calls;
    };
    const renames = placesOf(({ call, file }) => call === 'rename' && file.endsWith('.ckpt'));
    const deletes = placesOf(({ call, file }) => call === 'rm' && file.endsWith('.ckpt'));
    const told = placesOf(({ text = '' }) => text.includes('"type":"checkpoint"'));
    const syncs = placesOf(({ call, file }) => call === 'fsync' && file.endsWith('.tmp'));
    const lastBefore = (places: readonly number[], at: number): number =>
      Math.max(...places.filter((each) => each < at));
    for (const at of renames) expect(orderViolations(swapped(lastBefore(syncs, at), at))).not.toEqual([]);
    for (const at of [...deletes, ...told])
      expect(orderViolations(swapped(lastBefore(renames, at) + 1, at)), calls[at]?.point).not.toEqual([]);
  });
});
