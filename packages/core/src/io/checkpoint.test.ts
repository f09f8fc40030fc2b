import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LockstepError } from '../errors.ts';
import { weightsHash } from '../index.ts';
import type { CallbackCommands } from '../train/callback.ts';
import { defineRun } from '../train/defineRun.ts';
import type { DoneEvent } from '../train/events.ts';
import { fit } from '../train/fit.ts';
import type { RunState } from '../train/runState.ts';
import { smallRunOptions } from '../train/testing/smallRun.ts';
import { sourceOfBytes } from './byteSource.ts';
import { type Checkpoint, trainedVariables } from './checkpoint.ts';
import { encodeMessage } from './checkpointRecord.ts';
import { checkpointSchema } from './checkpointSchema.ts';
import { decodeCheckpoint } from './decodeCheckpoint.ts';
import { encodeCheckpoint } from './encodeCheckpoint.ts';
import { checkpointVersion, longestRecord, mostMessages, partLength } from './format.ts';
import { encodeRecord } from './records.ts';
import { requireSameRun } from './requireSameRun.ts';
import { takeCheckpoint } from './takeCheckpoint.ts';
import { parsedSchema } from './testing/parsedSchema.ts';

const joined = (parts: Iterable<Uint8Array>): Uint8Array => Uint8Array.from(Buffer.concat([...parts]));
const encoded = (checkpoint: Checkpoint): Uint8Array => joined(encodeCheckpoint(checkpoint));
const decoded = (bytes: Uint8Array): Checkpoint => decodeCheckpoint(sourceOfBytes(bytes));

/** What reading the bytes comes to: the code of the error. */
function codeOf(bytes: Uint8Array): string {
  try {
    decoded(bytes);
    return 'read';
  } catch (error) {
    if (error instanceof LockstepError) return error.code;
    throw error;
  }
}

const options = {
  ...smallRunOptions,
  metrics: ['accuracy', 'confusionMatrix'] as const,
  reduceOnPlateau: { patience: 1, factor: 0.5 },
  callbacks: [{ onEpoch: (): CallbackCommands => ({ setLearningRate: 0.01 }) }],
};
const run = defineRun({ ...options, checkpoint: { everySteps: 1, everyEpochs: 1 } });

const saved: { readonly state: RunState; readonly done: DoneEvent | undefined }[] = [];
const whole = await fit(run, { onSave: (state, done) => void saved.push({ state, done }) });
const checkpoints = saved.map(({ state, done }) => takeCheckpoint(run, state, done));
const [first, last] = [checkpoints[0]!, checkpoints.at(-1)!];

describe('a checkpoint', () => {
  it('is saved after every step and epoch, and at the end', () => {
    const { stepsMade } = last.state.loop;
    expect(checkpoints).toHaveLength(stepsMade + stepsMade / 5 + 1);
    expect(checkpoints.filter(({ done }) => done)).toHaveLength(1);
    expect(last.done?.weightsHash).toBe(whole.weightsHash);
  });

  it('is read as it was written', () => {
    for (const checkpoint of checkpoints) expect(decoded(encoded(checkpoint))).toEqual(checkpoint);
    expect(last.state.loop.best).toBeDefined();
    expect(weightsHash(trainedVariables(decoded(encoded(last))).values())).toBe(whole.weightsHash);
  });

  it('keeps what a callback has not answered, and numbers that are not finite', () => {
    const { loop } = first.state;
    const due = { type: 'step', epoch: 1, step: 3, totalSteps: 9, learningRate: 0.1 } as const;
    const odd = { ...due, loss: Number.NaN, samplesPerSecond: Number.POSITIVE_INFINITY };
    for (const event of [odd, last.state.loop.history[0]!]) {
      const state = { ...first.state, loop: { ...loop, learningRate: Number.NaN, due: event } };
      expect(decoded(encoded({ ...first, state }))).toEqual({ ...first, state });
    }
  });

  it('has large tensors in parts, with the bits of every number', () => {
    const values = new Float32Array(600_001);
    for (const at of values.keys()) values[at] = at / 3;
    values.set([-0, 1e-45, Number.POSITIVE_INFINITY]);
    const tensor = { path: 'large', role: 'parameter', shape: [600_001], values } as const;
    const float64 = { path: 'exact', role: 'optimizer', shape: [], values: Float64Array.of(0.1) } as const;
    const variables = new Map([tensor, float64].map((each) => [each.path, each]));
    const checkpoint = { ...first, state: { ...first.state, variables } };
    const parts = [...encodeCheckpoint(checkpoint)];
    expect(parts.filter(({ length }) => length > partLength)).toHaveLength(2);
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(partLength + 64);
    expect(decoded(joined(parts)).state.variables).toEqual(variables);
    expect(
      decodeCheckpoint(sourceOfBytes(joined(parts)), { values: 'check' }).state.variables.get('large')
        ?.values,
    ).toEqual(new Float32Array());
  });

  it('says in which mode it was made, or that it does not know', () => {
    expect(decoded(encoded(first)).state.mode).toEqual({ name: 'sync' });
    const { mode: _, ...unknown } = first.state;
    for (const state of [unknown, { ...unknown, mode: { name: 'stale', bound: 2 } }])
      expect(decoded(encoded({ ...first, state }))).toEqual({ ...first, state });
    const nameless = { ...unknown, mode: JSON.parse('{"name":3}') };
    expect(codeOf(encoded({ ...first, state: nameless }))).toBe('CHECKPOINT_CORRUPT');
  });

  it('may have a long preprocessing, and text that is not ASCII', () => {
    const names = Array.from({ length: 60_000 }, (_, at) => `Straße ${at} — 通り`);
    const checkpoint = { ...first, preprocessing: { fields: { street: { classNames: names } } } };
    const parts = [...encodeCheckpoint(checkpoint)];
    expect(parts.filter(({ length }) => length > partLength)).toHaveLength(1);
    expect(decoded(joined(parts))).toEqual(checkpoint);
  });

  it('is what its schema says', () => {
    const text = readFileSync(new URL('checkpoint.proto', import.meta.url), 'utf8');
    expect(checkpointSchema).toEqual(parsedSchema(text));
  });

  it('belongs to a run with the same options, however long', () => {
    requireSameRun(first, run);
    requireSameRun(first, defineRun({ ...run.options, epochs: 50, name: 'other' }));
    expect(() => requireSameRun(first, defineRun({ ...run.options, batchSize: 4 }))).toThrow(
      'the checkpoint is of a run with other options (at run.batchSize): got 5 in the checkpoint, wanted 4',
    );
    expect(() => requireSameRun({ ...first, numericsVersion: 0 }, run)).toThrow('numericsVersion 0');
  });
});

describe('bytes that are no checkpoint', () => {
  const bytes = encoded(last);

  it('is told to be cut short wherever it is cut', () => {
    const cuts = fc.integer({ min: 0, max: bytes.length - 1 });
    fc.assert(
      fc.property(cuts, (length) => {
        expect(codeOf(bytes.subarray(0, length))).toBe('CHECKPOINT_TRUNCATED');
      }),
      { numRuns: 300 },
    );
  });

  it('is told to be damaged whichever bytes are changed', () => {
    const change = fc.record({
      at: fc.integer({ min: 0, max: bytes.length - 1 }),
      bits: fc.integer({ min: 1, max: 255 }),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const mutated = bytes.slice();
        for (const { at, bits } of changes) mutated[at] = (mutated[at] ?? 0) ^ bits;
        fc.pre(changes.some(({ at }) => mutated[at] !== bytes[at]));
        expect(codeOf(mutated)).toBe('CHECKPOINT_CORRUPT');
      }),
      { numRuns: 300 },
    );
  });

  it('gives a typed error when the checksums fit and the messages do not', () => {
    const records = [...encodeCheckpoint(last)];
    const payload = (record: Uint8Array): Uint8Array => record.slice(12, -4);
    const mutation = fc.record({
      record: fc.nat(records.length - 1),
      at: fc.nat(400),
      byte: fc.nat(255),
      removed: fc.nat(3),
    });
    fc.assert(
      fc.property(mutation, ({ record, at, byte, removed }) => {
        const body = payload(records[record]!);
        const place = at % body.length;
        const changed = [...body.subarray(0, place), byte, ...body.subarray(place + removed)];
        const mutated = records.with(record, encodeRecord(Uint8Array.from(changed)));
        expect(['read', 'CHECKPOINT_CORRUPT', 'CHECKPOINT_TRUNCATED', 'CHECKPOINT_NEWER']).toContain(
          codeOf(joined(mutated)),
        );
      }),
      { numRuns: 600 },
    );
  });

  it('refuses a newer version, and says so before it looks at anything else', () => {
    const preamble = { format: 'lockstep.checkpoint', version: checkpointVersion + 1 };
    const newer = [encodeRecord(encodeMessage({ preamble })), encodeRecord(Uint8Array.of(9, 9, 9))];
    expect(codeOf(joined(newer))).toBe('CHECKPOINT_NEWER');
    const other = encodeRecord(encodeMessage({ preamble: { format: 'other', version: 1 } }));
    expect(codeOf(other)).toBe('CHECKPOINT_CORRUPT');
    expect(codeOf(new TextEncoder().encode('a text that is no checkpoint'))).toBe('CHECKPOINT_CORRUPT');
    expect(codeOf(joined([bytes, Uint8Array.of(0)]))).toBe('CHECKPOINT_TRUNCATED');
    expect(codeOf(joined([bytes, encodeRecord(encodeMessage({ end: {} }))]))).toBe('CHECKPOINT_CORRUPT');
  });

  it('makes nothing of more messages than a record may have', () => {
    const [preamble = new Uint8Array()] = encodeCheckpoint(last);
    // header.loop.sums.metrics, empty, over and over.
    const metrics = new Uint8Array(longestRecord - 64).map((_, at) => (at % 2 === 0 ? 0x1a : 0));
    const nested = [0x22, 0x32, 0x12].reduce<Uint8Array>((inner, tag) => {
      const length = [0, 7, 14, 21].map(
        (shift) => ((inner.length >>> shift) & 0x7f) | (shift < 21 ? 0x80 : 0),
      );
      return joined([Uint8Array.of(tag, ...length), inner]);
    }, metrics);
    const before = process.resourceUsage().maxRSS;
    expect(codeOf(joined([preamble, encodeRecord(nested)]))).toBe('CHECKPOINT_CORRUPT');
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(2 ** 16);
    const row = Array.from({ length: mostMessages }, () => [0]);
    const epoch = { ...last.state.loop.history[0]!, tables: { confusionMatrix: row } };
    const state = { ...last.state, loop: { ...last.state.loop, history: [epoch] } };
    expect(() => encoded({ ...last, state })).toThrow('too many rows');
  });

  it('allocates nothing that the file is not long enough for', () => {
    const records = [...encodeCheckpoint(last)].slice(0, 4 + last.state.loop.history.length);
    const tensor = {
      set: 'variables',
      path: 'w',
      role: 'parameter',
      shape: [2 ** 20, 2 ** 20],
      dtype: 'float32',
    };
    const claim = encodeRecord(encodeMessage({ tensor: { ...tensor, checksum: 0 } }));
    const before = process.memoryUsage().arrayBuffers;
    expect(codeOf(joined([...records, claim]))).toBe('CHECKPOINT_TRUNCATED');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
    const long = encodeRecord(new Uint8Array(8));
    new DataView(long.buffer).setUint32(0, 2 ** 31, true);
    expect(codeOf(long)).toBe('CHECKPOINT_CORRUPT');
  });
});
