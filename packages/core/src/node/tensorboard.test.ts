import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import crc32c from 'crc-32/crc32c.js';
import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventSchema } from '../io/tensorboard/eventSchema.ts';
import { parsedSchema } from '../io/testing/parsedSchema.ts';
import { defineRun, type Run } from '../train/defineRun.ts';
import type { TrainingEvent } from '../train/events.ts';
import { type FitOptions, fit } from '../train/fit.ts';
import { stalenessOf } from '../train/mergeStaleness.ts';
import type { RunState } from '../train/runState.ts';
import { smallRunOptions } from '../train/testing/smallRun.ts';
import { openTensorboard } from './tensorboard.ts';

// What TensorBoard itself reads with: see the README beside the file.
const published = readFileSync(
  new URL('../../../../test/fixtures/tensorboard/descriptors.json', import.meta.url),
  'utf8',
);
const { FileDescriptorSet } = descriptor;
const definitions = FileDescriptorSet.encode(FileDescriptorSet.fromObject(JSON.parse(published))).finish();
const root = protobuf.Root.fromDescriptor(definitions);

function decode(type: string, bytes: Uint8Array): Record<string, unknown> {
  const found = root.lookupType(type);
  return found.toObject(found.decode(bytes), { longs: Number, enums: String, defaults: false });
}

/** The rule by which TFRecord files store checksums. */
function masked(bytes: Uint8Array): number {
  const crc = crc32c.buf(bytes, 0) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** The payloads of an event file. */
function* payloads(file: string): Generator<Uint8Array> {
  const bytes = readFileSync(file);
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    expect(bytes.readUInt32LE(at + 8)).toBe(masked(bytes.subarray(at, at + 8)));
    const payload = bytes.subarray(at + 12, at + 12 + length);
    expect(payload).toHaveLength(length);
    expect(bytes.readUInt32LE(at + 12 + length)).toBe(masked(payload));
    at += 16 + length;
    yield payload;
  }
}

type Plain = Readonly<Record<string, unknown>>;

/** A value of a summary as TensorBoard sees it. */
interface Shown {
  readonly step: number;
  readonly tag: string;
  readonly value: Plain;
}

const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null;

function field(message: unknown, name: string): unknown {
  return isPlain(message) ? message[name] : undefined;
}

/**
 * What is left of the files of a folder by the rules of TensorBoard: it reads them in the order of their names, and an event that a
 * session starts with takes away what has its step or a later one.
 */
function shown(folder: string): readonly Shown[] {
  let values: Shown[] = [];
  for (const name of readdirSync(folder).sort()) {
    const events = Array.from(payloads(join(folder, name)), (payload) =>
      decode('tensorboard.Event', payload),
    );
    expect(events[0]).toMatchObject({ file_version: 'brain.Event:2' });
    for (const event of events) {
      const step = Number(event['step'] ?? 0);
      if (field(event['session_log'], 'status') === 'START')
        values = values.filter((each) => each.step < step);
      const summary = field(event['summary'], 'value');
      if (Array.isArray(summary))
        for (const value of summary.filter(isPlain)) values.push({ step, tag: String(value['tag']), value });
    }
  }
  return values;
}

/** The points of a curve. */
function curve(values: readonly Shown[], tag: string): readonly (readonly [step: number, value: unknown])[] {
  return values.filter((each) => each.tag === tag).map(({ step, value }) => [step, value['simple_value']]);
}

/** What a plugin is told in the metadata of a value. */
function hparams(values: readonly Shown[], kind: string): unknown {
  const found = values.find(({ tag }) => tag === `_hparams_/${kind}`);
  const plugin = field(field(found?.value, 'metadata'), 'plugin_data');
  expect(plugin).toMatchObject({ plugin_name: 'hparams' });
  const content = field(plugin, 'content');
  return content instanceof Uint8Array && decode('tensorboard.hparams.HParamsPluginData', content);
}

const { earlyStopping: _, ...small } = smallRunOptions;
const run = defineRun({ ...small, name: 'shown', epochs: 8, norms: true, tensorboard: { histograms: 4 } });

let folder = '';

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'lockstep-tensorboard-')), 'tensorboard');
});

afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

/** Trains with a writer as its listener; the events. */
async function trainInto(trained: Run, options: FitOptions = {}): Promise<readonly TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  const tensorboard = await openTensorboard(trained, folder);
  const told = { ...trained, callbacks: [...trained.callbacks, ...tensorboard.callbacks] };
  const onEvent = (event: TrainingEvent): void => {
    events.push(event);
    tensorboard.listener(event);
  };
  await fit(told, { ...options, onEvent });
  tensorboard.close();
  return events;
}

describe('an event file', () => {
  it('has the numbers of every epoch, as TensorBoard reads them', async () => {
    const events = await trainInto(run);
    const values = shown(folder);
    const epochs = events.filter((event) => event.type === 'epoch');
    expect(epochs).toHaveLength(8);
    const wanted = (pick: (event: (typeof epochs)[number]) => number | undefined): unknown =>
      epochs.map((event) => [event.step, Math.fround(pick(event) ?? Number.NaN)]);
    expect(curve(values, 'loss/train')).toEqual(wanted(({ loss }) => loss));
    expect(curve(values, 'loss/validation')).toEqual(wanted(({ valLoss }) => valLoss));
    expect(curve(values, 'accuracy/train')).toEqual(wanted(({ metrics }) => metrics['accuracy']));
    expect(curve(values, 'accuracy/validation')).toEqual(
      wanted(({ valMetrics }) => valMetrics?.['accuracy']),
    );
    expect(curve(values, 'run/learningRate')).toEqual(
      expect.arrayContaining(epochs.map(({ step, learningRate }) => [step, Math.fround(learningRate)])),
    );
    expect(curve(values, 'run/samplesPerSecond').length).toBeGreaterThanOrEqual(8);
    const norms = events.filter((event) => event.type === 'norms');
    expect(norms.map(({ epoch }) => epoch)).toEqual([1, 7]);
    for (const [tag, pick] of [
      ['gradientNorm/all', (event: (typeof norms)[number]) => event.gradient],
      ['weightNorm/all', (event: (typeof norms)[number]) => event.weight],
      [
        'gradientNorm/layers.0.bias',
        (event: (typeof norms)[number]) => event.parameters['layers.0.bias']?.gradient,
      ],
    ] as const)
      expect(curve(values, tag)).toEqual(
        norms.map((event) => [event.step, Math.fround(pick(event) ?? Number.NaN)]),
      );
  });

  it('has histograms of the weights, where they are asked for', async () => {
    const states: RunState[] = [];
    await trainInto(
      { ...run, checkpoint: { everyEpochs: 4 } },
      { onSave: (state) => void states.push(state) },
    );
    const [state] = states;
    const weights = [...state!.variables.get('layers.0.weight')!.values];
    const [first, second, ...more] = shown(folder).filter(({ tag }) => tag === 'weights/layers.0.weight');
    expect([first?.step, second?.step, more]).toEqual([20, 40, []]);
    const histogram = first?.value['histo'];
    expect(histogram).toMatchObject({
      min: Math.min(...weights),
      max: Math.max(...weights),
      num: weights.length,
    });
    const [limits, counts] = [field(histogram, 'bucket_limit'), field(histogram, 'bucket')];
    if (!Array.isArray(limits) || !Array.isArray(counts)) throw new Error('no buckets');
    let below = 0;
    for (const [at, limit] of limits.entries()) {
      below += Number(counts[at]);
      expect(below).toBe(weights.filter((weight) => weight <= Number(limit)).length);
    }
  });

  it('has how late the updates of each worker were, in modes in which they are', async () => {
    const tensorboard = await openTensorboard(run, folder);
    const judged = { loss: 1, metrics: {}, learningRate: 0.1, samplesPerSecond: 1 };
    const staleness = [stalenessOf([1, 0, 3, 1]), stalenessOf([])];
    tensorboard.listener({ type: 'epoch', epoch: 1, epochs: 1, step: 5, ...judged, staleness });
    tensorboard.close();
    const values = shown(folder);
    expect(curve(values, 'stalenessMean/worker 0')).toEqual([[5, Math.fround(9 / 5)]]);
    expect(curve(values, 'stalenessMax/worker 0')).toEqual([[5, 3]]);
    expect(curve(values, 'stalenessMax/worker 1')).toEqual([[5, 0]]);
    const histogram = values.find(({ tag }) => tag === 'staleness/worker 0')?.value['histo'];
    expect(histogram).toMatchObject({ max: 3, num: 5, sum: 9, sum_squares: 21 });
    const counts = field(histogram, 'bucket');
    expect(Array.isArray(counts) && counts.filter((count) => count !== 0)).toEqual([1, 3, 1]);
  });

  it('has no speed of an epoch that no step was made of', async () => {
    const tensorboard = await openTensorboard(run, folder);
    const judged = { loss: 1, metrics: {}, learningRate: 0.1 };
    for (const [at, samplesPerSecond] of [0, 7].entries())
      tensorboard.listener({
        type: 'epoch',
        epoch: at + 1,
        epochs: 2,
        step: 5 * at,
        ...judged,
        samplesPerSecond,
      });
    tensorboard.close();
    const values = shown(folder);
    expect(curve(values, 'run/samplesPerSecond')).toEqual([[5, 7]]);
    expect(curve(values, 'run/learningRate')).toHaveLength(2);
  });

  it('tells the HParams plugin and the text plugin of the run', async () => {
    await trainInto(run);
    const values = shown(folder);
    expect(hparams(values, 'session_start_info')).toMatchObject({
      session_start_info: {
        hparams: {
          epochs: { numberValue: 8 },
          shuffle: { boolValue: true },
          'optimizer.name': { stringValue: 'adam' },
          learningRate: { numberValue: 0.05 },
          workers: { numberValue: 1 },
        },
      },
    });
    const experiment = field(hparams(values, 'experiment'), 'experiment');
    const tags = ['loss/train', 'loss/validation', 'accuracy/train', 'accuracy/validation'];
    expect(experiment).toMatchObject({ metric_infos: tags.map((tag) => ({ name: { tag } })) });
    expect(field(experiment, 'hparam_infos')).toContainEqual({ name: 'epochs', type: 'DATA_TYPE_FLOAT64' });
    expect(hparams(values, 'session_end_info')).toMatchObject({
      session_end_info: { status: 'STATUS_SUCCESS' },
    });
    const text = values.find(({ tag }) => tag === 'configuration');
    expect(text?.value).toMatchObject({
      metadata: { plugin_data: { plugin_name: 'text' }, data_class: 'DATA_CLASS_TENSOR' },
      tensor: { dtype: 'DT_STRING' },
    });
    const [markdown] = [field(text?.value['tensor'], 'string_val')].flat();
    expect(String(markdown)).toMatch(/^```json\n\{\n {2}"name": "shown",/);
  });

  it('can be read while the run goes on', async () => {
    const seen: number[] = [];
    const look = (event: TrainingEvent): void => {
      if (event.type === 'epoch') seen.push(curve(shown(folder), 'loss/train').length);
    };
    const tensorboard = await openTensorboard(run, folder);
    await fit(run, {
      onEvent: (event) => {
        tensorboard.listener(event);
        look(event);
      },
    });
    tensorboard.close();
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('shows every step once when a run goes on from before what was written', async () => {
    const states: RunState[] = [];
    await trainInto(
      { ...run, checkpoint: { everySteps: 13 } },
      { onSave: (state) => void states.push(state) },
    );
    const whole = shown(folder);
    const [state] = states;
    expect(state?.loop.stepsMade).toBe(13);
    await trainInto(run, { resume: state! });
    expect(readdirSync(folder)).toHaveLength(2);
    for (const tag of ['loss/train', 'accuracy/validation', 'gradientNorm/all', 'weightNorm/layers.2.weight'])
      expect(curve(shown(folder), tag)).toEqual(curve(whole, tag));
    expect(hparams(shown(folder), 'session_end_info')).toMatchObject({ session_end_info: {} });
  });

  it('that cannot be written is an error that names it', async () => {
    writeFileSync(join(folder, '..', 'file'), '');
    await expect(openTensorboard(run, join(folder, '..', 'file'))).rejects.toThrow(
      expect.objectContaining({ code: 'NOT_WRITABLE' }),
    );
    expect(existsSync(folder)).toBe(false);
  });

  it('is written by what its schema says', () => {
    const text = readFileSync(new URL('../io/tensorboard/event.proto', import.meta.url), 'utf8');
    expect(eventSchema).toEqual(parsedSchema(text));
  });
});
