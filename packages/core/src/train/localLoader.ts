import { BlockReader } from '../data/blockSource.ts';
import { allocateValues } from '../data/field.ts';
import type { FloatArray } from '../runtime/executor.ts';
import { sizeOf } from '../tensor/tensorType.ts';
import type { BlockLoader, BlockRead, PlannedStream, TensorAccess } from './engine.ts';
import { Pace } from './pace.ts';
import { inputNames } from './pass.ts';

/** Reads a streamed data set in this thread, a block at a time. */
export function localLoader(stream: PlannedStream, access: TensorAccess<FloatArray>): BlockLoader {
  const reader = new BlockReader(stream);
  const used = inputNames(access);
  const pace = new Pace();
  const values = Object.entries(stream.fields).map(([field, { shape, dtype }]) => {
    const size = sizeOf(shape);
    return { field, size, array: allocateValues(dtype, stream.blockRows * size) };
  });
  let last: Promise<void> = Promise.resolve();
  let [reading, closed] = [false, false];
  const read = async ({ into, ...rows }: BlockRead): Promise<void> => {
    if (pace.due()) await pace.pause();
    if (closed) return;
    const arrays = values.map(
      ({ field, size, array }) => [field, array.subarray(0, rows.count * size)] as const,
    );
    reading = true;
    await reader.read(rows, Object.fromEntries(arrays)).finally(() => {
      reading = false;
    });
    if (closed) return;
    for (const [field, array] of arrays) {
      const input = stream.inputs[field];
      if (input !== undefined && used.has(input)) access.writeInputRows(input, into, array);
    }
  };
  return {
    load: (rows) => {
      const loading = last.then(async () => await read(rows));
      last = loading.catch(() => {});
      return loading;
    },
    close: async () => {
      closed = true;
      const closing = last.then(async () => await reader.close());
      // A source that does not answer cannot be made to: nobody waits for it.
      if (reading) closing.catch(() => {});
      else await closing;
    },
  };
}
