export * from './augment/index.ts';
export type { Batch } from './batch.ts';
export type { BlockShuffle } from './blockOrder.ts';
export type { BlockArrays, BlockSource, OpenBlockSource } from './blockSource.ts';
export { classCounts } from './classBalance.ts';
export {
  type Dataset,
  dataset,
  fieldOf,
  selectRows,
  storedRow,
  storedRows,
  valuesOf,
  withField,
} from './dataset.ts';
export type { Field, FieldDType, FieldValues, Preprocessing } from './field.ts';
export { parseIdx } from './formats/idx.ts';
export { parseJsonLines } from './formats/jsonLines.ts';
export { encodeNpy, parseNpy } from './formats/npy.ts';
export { fieldOfTensor, type StoredTensor, type TensorFieldOptions } from './formats/storedTensor.ts';
export { type FieldSource, fromArrays, type NestedNumbers } from './fromArrays.ts';
export { minMax } from './minMax.ts';
export { oneHot } from './oneHot.ts';
export { rescale } from './rescale.ts';
export type { RowStream } from './rowStream.ts';
export { type DataSplit, kFold, type SplitOptions, trainValidationSplit } from './split.ts';
export { standardise } from './standardise.ts';
export {
  type BlockOptions,
  inBlocks,
  type StreamedOptions,
  splitBlocks,
  streamed,
} from './streamed.ts';
export type { Cell } from './table/cell.ts';
export type { ColumnsOptions } from './table/chooseColumns.ts';
export type { ColumnOptions, Scaling } from './table/encoders/encoder.ts';
export type { ColumnEncoding } from './table/encoders/index.ts';
export { fromTable, type TableOptions } from './table/fromTable.ts';
export { parseTableEncoding } from './table/parseTableEncoding.ts';
export {
  type PreparedTable,
  type PrepareTableOptions,
  prepareTable,
  tableFolds,
} from './table/prepareTable.ts';
export type { Table, TableColumn } from './table/table.ts';
export { type EncodedColumn, encodeTable, featureNames, type TableEncoding } from './table/tableEncoding.ts';
export { type RecordsOptions, tableOfRecords } from './table/tableOfRecords.ts';
export { decodeTarget, type TargetEncoding } from './table/target.ts';
