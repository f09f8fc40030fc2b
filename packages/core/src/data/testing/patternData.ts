import { type Dataset, dataset } from '../dataset.ts';
import { type BlockOptions, inBlocks, type StreamedOptions, streamed } from '../streamed.ts';
import { type PatternOptions, patternColumns, patternX, patternY } from './patternRows.ts';

/** The rows of `patternRows.ts` in memory. */
export function patternInMemory(rows: number, blocks: BlockOptions): Dataset {
  const x = Float32Array.from({ length: rows * patternColumns }, (_, at) =>
    patternX(Math.floor(at / patternColumns), at % patternColumns),
  );
  const y = Uint8Array.from({ length: rows }, (_, row) => patternY(row));
  return inBlocks(
    dataset({
      x: { shape: [patternColumns], dtype: 'float32', values: x },
      y: { shape: [], dtype: 'uint8', values: y, classes: 3 },
    }),
    blocks,
  );
}

/** The same rows as a stream. */
export function patternStream(
  options: PatternOptions,
  more: BlockOptions & Partial<Pick<StreamedOptions, 'memory' | 'readSeconds'>>,
): Dataset {
  return streamed({
    module: new URL('./patternRows.ts', import.meta.url),
    options,
    rows: options.rows,
    fields: {
      x: { shape: [patternColumns], dtype: 'float32' },
      y: { shape: [], dtype: 'uint8', classes: 3 },
    },
    ...more,
  });
}
