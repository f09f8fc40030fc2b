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
export { encodeNpy, parseNpy } from './formats/npy.ts';
export { fieldOfTensor, type StoredTensor, type TensorFieldOptions } from './formats/storedTensor.ts';
export { type FieldSource, fromArrays, type NestedNumbers } from './fromArrays.ts';
export { fromTable, type Table, type TableOptions } from './fromTable.ts';
export { rescale } from './rescale.ts';
export { trainValidationSplit } from './split.ts';
export { standardise } from './standardise.ts';
