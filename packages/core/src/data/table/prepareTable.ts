import { LockstepError } from '../../errors.ts';
import { checkOptions, either, nonNegativeInteger, type OptionRule } from '../../options.ts';
import { type Dataset, selectRows } from '../dataset.ts';
import type { DataSplit } from '../split.ts';
import { foldRows, type RowSplit, type SplitRowsOptions, splitRows } from '../splitRows.ts';
import { missingMarkers, textOfCell } from './cell.ts';
import { type Choice, type ColumnsOptions, chooseColumns } from './chooseColumns.ts';
import { fitColumn } from './encoders/index.ts';
import { ColumnReader, checkTable, columnPosition, type Table } from './table.ts';
import { encodeTable, featuresField, type TableEncoding, targetFieldName } from './tableEncoding.ts';
import { fitAmounts, fitClasses, looksLikeClasses } from './target.ts';

export interface PrepareTableOptions extends ColumnsOptions {
  /** Column to predict: its name, or its position (negative counts from the end). Default: none. */
  readonly target?: string | number;
  /**
   * Whether classes or amounts are to be predicted. Default: classes if the target is text or has few different whole numbers, as a
   * note says.
   */
  readonly task?: 'classification' | 'regression';
  /** Scale a target of amounts to mean 0 and standard deviation 1; `decodeTarget` undoes it. Default false. */
  readonly scaleTarget?: boolean;
  /** Part of the rows to set aside for validation, above 0 and below 1. Default: none. */
  readonly validation?: number;
  /** Give both parts their share of every class. Default: true where classes are to be predicted, unless there are groups. */
  readonly stratify?: boolean;
  /** Column that says which rows belong together, such as a person's; it is no feature. */
  readonly groups?: string | number;
  /** Decides which rows are set aside. Default 0. */
  readonly seed?: number;
}

/** A table, ready to be trained on. */
export interface PreparedTable<Data = { readonly train: Dataset; readonly validation?: Dataset }> {
  /** What `defineRun` takes as `data`. */
  readonly data: Data;
  /** What has to be done to new rows; plain data. */
  readonly encoding: TableEncoding;
  /** What was decided without being asked for, for people to read. */
  readonly notes: readonly string[];
}

/** What is decided of a table before its rows are split. */
interface TablePlan {
  readonly table: Table;
  readonly options: PrepareTableOptions;
  readonly choice: Choice;
  readonly target?: { readonly reader: ColumnReader; readonly isClasses: boolean };
  readonly keys: SplitRowsOptions;
  readonly notes: readonly string[];
}

const object: OptionRule = {
  wanted: 'an object',
  holds: (value) => typeof value === 'object' && value !== null,
};
const list: OptionRule = { wanted: 'a list', holds: (value) => Array.isArray(value) };
const flag: OptionRule = { wanted: 'true or false', holds: (value) => typeof value === 'boolean' };
const columnName: OptionRule = either(
  { wanted: 'the name of a column', holds: (value) => typeof value === 'string' },
  { wanted: 'its position', holds: Number.isInteger },
);
const oneOf = (...names: readonly string[]): OptionRule => ({
  wanted: names.join(' or '),
  holds: (value) => typeof value === 'string' && names.includes(value),
});
const rules = {
  target: columnName,
  task: oneOf('classification', 'regression'),
  scaleTarget: flag,
  validation: {
    wanted: 'a number above 0 and below 1',
    holds: (value) => typeof value === 'number' && value > 0 && value < 1,
  },
  stratify: flag,
  groups: columnName,
  seed: nonNegativeInteger,
  features: list,
  columns: object,
  categories: oneOf('oneHot', 'ids'),
  scale: oneOf('standardise', 'minMax', 'none'),
  missing: list,
} as const satisfies Record<keyof PrepareTableOptions, OptionRule>;

const textsOf = (reader: ColumnReader, rows: number): string[] =>
  Array.from({ length: rows }, (_, row) => textOfCell(reader.cell(row)));

function planTable(table: Table, options: PrepareTableOptions): TablePlan {
  checkOptions('prepareTable', options, rules);
  checkTable(table);
  const { target: wanted, groups, task, missing, stratify } = options;
  const readerOf = (
    column: string | number | undefined,
    option: string,
  ): [number, ColumnReader] | undefined => {
    if (column === undefined) return undefined;
    const at = columnPosition(table, column, option);
    return [at, new ColumnReader(table, at, missing)];
  };
  const target = readerOf(wanted, 'target');
  const group = readerOf(groups, 'groups');
  const taken = new Set([target, group].flatMap((found) => (found === undefined ? [] : [found[0]])));
  const choice = chooseColumns(table, options, taken);
  const names = choice.columns.filter(({ kind }) => kind === 'ids').map(({ reader }) => reader.name);
  for (const name of names)
    if (name === featuresField || name === targetFieldName)
      throw new LockstepError('BAD_OPTION', 'a column of ids is called like a field that is there already', {
        where: { field: 'columns', file: table.file },
        got: name,
        hint: 'Give the column another name.',
      });
  if (target === undefined) {
    const keys = group === undefined ? {} : { groups: textsOf(group[1], table.rows) };
    return { table, options, choice, keys, notes: choice.notes };
  }
  const [, reader] = target;
  const isClasses = task === undefined ? looksLikeClasses(reader, table.rows) : task === 'classification';
  const notes =
    task === undefined ? [`"${reader.name}" is predicted as ${isClasses ? 'a class' : 'an amount'}`] : [];
  let keys: SplitRowsOptions = {};
  if (group !== undefined) keys = { groups: textsOf(group[1], table.rows) };
  else if (stratify ?? isClasses) keys = { strata: textsOf(reader, table.rows) };
  return { table, options, choice, target: { reader, isClasses }, keys, notes: [...notes, ...choice.notes] };
}

/** Learns from the rows to train on alone. */
function fitTable({ table, options, choice, target }: TablePlan, train: Uint32Array): TableEncoding {
  const { missing = missingMarkers, scaleTarget = false } = options;
  const columns = choice.columns.map(({ reader, kind, options: own }) => ({
    column: reader.name,
    encoding: fitColumn(kind, reader, train, own),
  }));
  if (target === undefined) return { version: 1, missing, columns };
  const { reader, isClasses } = target;
  return {
    version: 1,
    missing,
    columns,
    target: isClasses ? fitClasses(reader, table.rows) : fitAmounts(reader, train, scaleTarget),
  };
}

function prepareSplit(plan: TablePlan, { train, validation }: RowSplit): PreparedTable<DataSplit> {
  const encoding = fitTable(plan, train);
  const all = encodeTable(plan.table, encoding);
  return {
    data: { train: selectRows(all, train), validation: selectRows(all, validation) },
    encoding,
    notes: plan.notes,
  };
}

/**
 * Makes a table ready to be trained on: decides what its columns are, sets rows aside, learns means, categories and what takes the
 * place of missing cells from the rows to train on alone, and encodes all rows. {@link encodeTable} says what fields there are then.
 *
 * ```ts
 * const { data, encoding } = prepareTable(await readTable('people.csv'), { target: 'income', validation: 0.2 });
 * ```
 *
 * @throws LockstepError EMPTY_DATA; UNKNOWN_OPTION or BAD_OPTION for an option or column that is not there; BAD_TABLE,
 * NON_FINITE_DATA, each with file and line
 */
export function prepareTable(table: Table, options: PrepareTableOptions = {}): PreparedTable {
  const plan = planTable(table, options);
  const { validation, seed = 0 } = options;
  if (validation !== undefined) return prepareSplit(plan, splitRows(table.rows, validation, seed, plan.keys));
  const encoding = fitTable(
    plan,
    Uint32Array.from({ length: table.rows }, (_, row) => row),
  );
  return { data: { train: encodeTable(table, encoding) }, encoding, notes: plan.notes };
}

/**
 * The table prepared once for each fold: each is the validation part of one, and everything is learnt from the other folds' rows.
 *
 * @param folds - how many, at least 2
 * @throws LockstepError as {@link prepareTable}; EMPTY_DATA when there are fewer rows than folds
 */
export function* tableFolds(
  table: Table,
  folds: number,
  options: Omit<PrepareTableOptions, 'validation'> = {},
): Generator<PreparedTable<DataSplit>, void> {
  const plan = planTable(table, options);
  for (const split of foldRows(table.rows, folds, options.seed ?? 0, plan.keys))
    yield prepareSplit(plan, split);
}
