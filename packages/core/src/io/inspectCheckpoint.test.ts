import { expect, it } from 'vitest';
import { defineRun } from '../train/defineRun.ts';
import { fit } from '../train/fit.ts';
import { smallRunOptions } from '../train/testing/smallRun.ts';
import { sourceOfBytes } from './byteSource.ts';
import type { Checkpoint } from './checkpoint.ts';
import { encodeCheckpoint } from './encodeCheckpoint.ts';
import { inspectCheckpoint } from './inspectCheckpoint.ts';
import { takeCheckpoint } from './takeCheckpoint.ts';

const run = defineRun({ ...smallRunOptions, checkpoint: { everyEpochs: 1 } });
const saved: Checkpoint[] = [];
const { weightsHash } = await fit(run, {
  onSave: (state, done) => void saved.push(takeCheckpoint(run, state, done)),
});
const last = saved.at(-1)!;
const bytesOf = (checkpoint: Checkpoint): Uint8Array =>
  Uint8Array.from(Buffer.concat([...encodeCheckpoint(checkpoint)]));

it('says what a checkpoint holds, and the hash of its weights', () => {
  const bytes = bytesOf(last);
  const inspected = inspectCheckpoint(sourceOfBytes(bytes));
  expect(inspected).toMatchObject({ formatVersion: 1, bytes: bytes.length, weightsHash, checkpoint: last });
  const { loop, variables } = last.state;
  // The run has stopped early, and ends with the weights of its best epoch.
  const held = [...variables.values(), ...(loop.best?.variables.values() ?? [])];
  expect(inspected.tensors.map(({ path, role, shape }) => ({ path, role, shape }))).toEqual(
    held.map(({ path, role, shape }) => ({ path, role, shape })),
  );
  const inBest = inspected.tensors.filter(({ set }) => set === 'best');
  expect(inBest.map(({ path }) => path)).toEqual([...variables.keys()]);
});

it('describes values, those that are not finite apart', () => {
  const tensor = (path: string, ...values: number[]) =>
    [path, { path, role: 'parameter', shape: [values.length], values: Float32Array.from(values) }] as const;
  const variables = new Map([
    tensor('a', 3, Number.NaN, -4, Number.POSITIVE_INFINITY, 12),
    tensor('b', Number.NaN),
    // The bytes of "1234".
    tensor('c', new Float32Array(Uint8Array.of(0x31, 0x32, 0x33, 0x34).buffer)[0] ?? 0),
  ]);
  const { best: _best, ...loop } = last.state.loop;
  const { tensors } = inspectCheckpoint(sourceOfBytes(bytesOf({ ...last, state: { loop, variables } })));
  expect(tensors).toMatchObject([
    { path: 'a', dtype: 'float32', bytes: 20, norm: 13, min: -4, max: 12, notFinite: 2 },
    { path: 'b', norm: 0, min: Number.NaN, max: Number.NaN, notFinite: 1 },
    { path: 'c', checksum: 'f63af4ee', notFinite: 0 },
  ]);
});
