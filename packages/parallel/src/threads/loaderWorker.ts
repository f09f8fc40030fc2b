import { allocateValues, BlockReader, LockstepError } from '@lockstep/core/rank';
import type { LoaderTask, LoadFailure } from './loaderTask.ts';

type Values = ReturnType<typeof allocateValues>;

const arrayTypes = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array } as const;

/** The sources that this thread has opened, by the numbers of their streams. */
const readers = new Map<number, BlockReader>();

/** A field of a block on its way: where the source writes it, and what brings it to its place if that is elsewhere. */
interface FieldTarget {
  readonly values: Values;
  place?(): void;
}

function targetOf(field: string, { schema, inputs, memory, read }: LoaderTask): FieldTarget {
  const { shape = [], dtype = 'float32' } = schema.fields[field] ?? {};
  const size = shape.reduce((product, extent) => product * extent, 1);
  const input = inputs[field];
  if (input === undefined) return { values: allocateValues(dtype, read.count * size) };
  const { place, length, stride } = input;
  const ArrayType = arrayTypes[dtype];
  const start = (place + read.into * stride) * ArrayType.BYTES_PER_ELEMENT;
  const there = new ArrayType(memory.buffer, start, (read.count - 1) * stride + length);
  // Rows without padding are read to where they belong: copying 4 MiB would take half a millisecond.
  if (stride === length) return { values: there };
  const values = allocateValues(dtype, read.count * size);
  return {
    values,
    place: () => {
      for (let row = 0; row < read.count; row += 1)
        there.set(values.subarray(row * length, (row + 1) * length), row * stride);
    },
  };
}

/**
 * Reads a block to where steps will read it. The host tells ranks of it afterwards, by a command, which orders these writes
 * before their reads.
 */
export default async function loadBlock(task: LoaderTask): Promise<LoadFailure | undefined> {
  const { stream, schema, read } = task;
  const reader = readers.get(stream) ?? new BlockReader(schema);
  readers.set(stream, reader);
  const targets = Object.keys(schema.fields).map((field) => [field, targetOf(field, task)] as const);
  try {
    await reader.read(read, Object.fromEntries(targets.map(([field, { values }]) => [field, values])));
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    const { code, what, where, got, wanted } = error;
    return {
      code,
      what,
      details: { where, ...(got !== undefined && { got }), ...(wanted !== undefined && { wanted }) },
    };
  }
  for (const [, target] of targets) target.place?.();
  return undefined;
}
