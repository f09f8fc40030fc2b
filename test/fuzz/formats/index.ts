import type { Format } from '../format.ts';
import { checkpoint } from './checkpoint.ts';
import { csv, mixedTable } from './csv.ts';
import { idx } from './idx.ts';
import { npy } from './npy.ts';
import { parquet } from './parquet.ts';
import { records } from './records.ts';
import { runDescription } from './runDescription.ts';
import { streamedNpy } from './streamedNpy.ts';

/** All kinds of file that are read, with how many of a hundred inputs are of each. */
export const formats: readonly { readonly format: Format; readonly percent: number }[] = [
  { format: checkpoint, percent: 40 },
  { format: records, percent: 10 },
  { format: idx, percent: 10 },
  { format: npy, percent: 10 },
  { format: streamedNpy, percent: 5 },
  { format: csv, percent: 8 },
  { format: mixedTable, percent: 10 },
  { format: runDescription, percent: 2 },
  { format: parquet, percent: 5 },
];
