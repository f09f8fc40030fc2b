export {
  type KnownArchive,
  type KnownDataset,
  type KnownFile,
  knownDataset,
  knownDatasets,
} from '../data/known/index.ts';
export { CheckpointFolder, type NewestCheckpoint, type StoredCheckpoint } from './checkpointFolder.ts';
export { dataFile } from './dataFile.ts';
export { dataFolder, type FindDataOptions, findData } from './findData.ts';
export { loadCifar10 } from './loadCifar10.ts';
export { loadMnist } from './loadMnist.ts';
export { makeFolderDurably } from './makeFolderDurably.ts';
export { inspectCheckpointFile, readCheckpoint } from './readCheckpoint.ts';
export { type CsvOptions, readCsv } from './readCsv.ts';
export { type CsvTableOptions, readCsvTable } from './readCsvTable.ts';
export { readIdx } from './readIdx.ts';
export { readJsonLines } from './readJsonLines.ts';
export { readNpy, writeNpy } from './readNpy.ts';
export { type NpzOptions, readNpz } from './readNpz.ts';
export { type ParquetOptions, readParquet } from './readParquet.ts';
export { readTable } from './readTable.ts';
export { setWasmFlags } from './setWasmFlags.ts';
export { type FieldFilesOptions, streamFiles } from './streamFiles.ts';
export { openTensorboard, type TensorboardWriter } from './tensorboard.ts';
export { useMachineCode } from './useMachineCode.ts';
export { moveDurably, writeFileDurably } from './writeFileDurably.ts';
