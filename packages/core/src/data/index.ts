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
export { type FieldSource, fromArrays, type NestedNumbers } from './fromArrays.ts';
export { fromTable, type Table, type TableOptions } from './fromTable.ts';
export { type IdxTensor, parseIdx } from './idx.ts';
export { rescale } from './rescale.ts';
export { trainValidationSplit } from './split.ts';
export { standardise } from './standardise.ts';
