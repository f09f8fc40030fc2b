import {
  adam,
  type Dataset,
  dataset,
  defineRun,
  dense,
  inBlocks,
  type Run,
  sequential,
  streamed,
} from '@lockstep/core';
import { streamFiles } from '@lockstep/core/node';
import { classes, columns, writeRows } from './generatedRows.ts';

/** Where the rows are: in memory, computed as they are read, or in files. */
export type Place = 'memory' | 'generated' | 'files';

export interface TrainingRequest {
  readonly place: Place;
  readonly rows: number;
  readonly epochs: number;
  readonly workers: number;
  readonly loaders: number;
  /** For `files`. */
  readonly folder: string;
}

/** Names of the files of a folder. */
export const fileNames = { x: 'x.bin', y: 'y.bin' } as const;

function inMemory(rows: number): Dataset {
  const x = new Float32Array(rows * columns);
  const y = new Uint8Array(rows);
  writeRows(0, rows, x, y);
  return inBlocks(
    dataset({
      x: { shape: [columns], dtype: 'float32', values: x },
      y: { shape: [], dtype: 'uint8', values: y, classes },
    }),
  );
}

function dataOf({ place, rows, folder }: TrainingRequest): Dataset {
  if (place === 'memory') return inMemory(rows);
  if (place === 'files')
    return streamFiles({
      x: { path: `${folder}/${fileNames.x}`, shape: [columns], dtype: 'float32' },
      y: { path: `${folder}/${fileNames.y}`, shape: [], dtype: 'uint8', classes },
    });
  return streamed({
    module: new URL('./generatedRows.ts', import.meta.url),
    rows,
    fields: { x: { shape: [columns], dtype: 'float32' }, y: { shape: [], dtype: 'uint8', classes } },
  });
}

/** 784-512-512-10, in mini-batches of 128, with Adam. */
export function networkRun(request: TrainingRequest): Run {
  return defineRun({
    data: dataOf(request),
    model: sequential(dense(512, { activation: 'relu' }), dense(512, { activation: 'relu' }), dense(classes)),
    loss: 'sparseCategoricalCrossentropy',
    optimizer: adam({ learningRate: 0.001 }),
    batchSize: 128,
    epochs: request.epochs,
    seed: 1,
  });
}
