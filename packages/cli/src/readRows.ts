import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type Dataset,
  dataset,
  encodeTable,
  fieldOf,
  fieldOfTensor,
  fromTable,
  LockstepError,
  type Run,
  type Table,
} from '@lockstep/core';
import { readNpz, readTable } from '@lockstep/core/node';

function isDataset(value: unknown): value is Dataset {
  return typeof value === 'object' && value !== null && 'fields' in value && 'rows' in value;
}

async function importRows(file: string): Promise<Dataset> {
  const module: unknown = await import(pathToFileURL(resolve(file)).href);
  const exported =
    typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
  if (!isDataset(exported))
    throw new LockstepError('RUN_FILE_INVALID', 'the module exports no data set', {
      where: { file },
      wanted: 'a data set as the default export',
    });
  return exported;
}

/** The arrays of an NPZ file, each the field that it is named like. */
async function arraysOf({ train }: Run, file: string): Promise<Dataset> {
  const fields = Object.entries(await readNpz(file)).map(([name, tensor]) => {
    const classes = train.fields[name]?.classes;
    return [name, fieldOfTensor(tensor, classes === undefined ? {} : { classes })] as const;
  });
  return dataset(Object.fromEntries(fields));
}

/** The rows of a table of numbers, as `readCsv` makes them: `features`, and `target` if that is a column. */
function numbersOf(table: Table, run: Run, target: string | undefined): Dataset {
  const { train } = run;
  const isOfTable = Object.keys(train.fields).every((name) => name === 'features' || name === 'target');
  const [width = 1] = isOfTable ? fieldOf(train, 'features').shape : [];
  const { columns } = table;
  const column = target ?? (columns.some(({ name }) => name === 'target') ? 'target' : undefined);
  if (!isOfTable)
    throw new LockstepError('BAD_OPTION', 'a table cannot be made into the fields of this run', {
      where: { file: table.file },
      got: Object.keys(train.fields).join(', '),
      wanted: 'features and target',
      hint: 'Give an .npz file with an array for each field, or a module whose default export is a data set.',
    });
  if (column === undefined) {
    if (columns.length !== width)
      throw new LockstepError('SHAPE_MISMATCH', 'the table has other columns than the model takes', {
        where: { file: table.file },
        got: `${columns.length} columns`,
        wanted: `${width}, or one more that --target names`,
      });
    const { fields } = fromTable(table, { target: 0, features: columns.map((_, at) => at) });
    return dataset({ features: fieldOf({ fields, rows: table.rows }, 'features') });
  }
  const { classes, classNames } = fieldOf(train, 'target');
  const labels = classNames ?? classes;
  return fromTable(table, { target: column, ...(labels === undefined ? {} : { classes: labels }) });
}

/**
 * Reads rows for a model that is trained, encoded as its training rows were.
 *
 * @param target - column to compare with, in a table of numbers. Default: the one that is called `target`, if there is one
 * @throws LockstepError what reading files throws; BAD_OPTION, SHAPE_MISMATCH or BAD_TABLE when they do not fit the run
 */
export async function readRows(run: Run, file: string, target?: string): Promise<Dataset> {
  if (/\.npz$/i.test(file)) return await arraysOf(run, file);
  if (/\.[cm]?[jt]s$/i.test(file)) return await importRows(file);
  const table = await readTable(file);
  const { encoding } = run.train;
  return encoding ? encodeTable(table, encoding) : numbersOf(table, run, target);
}
