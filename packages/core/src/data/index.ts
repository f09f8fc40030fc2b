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
export { rescale } from './rescale.ts';
export { trainValidationSplit } from './split.ts';
export { standardise } from './standardise.ts';
export { fromTable, type TableOptions } from './table/fromTable.ts';
export type { Table, TableColumn } from './table/table.ts';
export { type RecordsOptions, tableOfRecords } from './table/tableOfRecords.ts';
