import { decodeTarget, type Prediction, type Run } from '@lockstep/core';

/** A column of predictions: a value for each row. */
export interface PredictionColumn {
  readonly name: string;
  readonly values: readonly (string | number)[];
}

const widthOf = ({ shape: [, ...shape] }: Prediction): number =>
  shape.reduce((width, extent) => width * extent, 1);

/** What the model put out, a column for each number. */
function numberColumns(name: string, prediction: Prediction): PredictionColumn[] {
  const width = widthOf(prediction);
  const [rows = 0] = prediction.shape;
  return Array.from({ length: width }, (_, column) => ({
    name: width === 1 ? name : `${name}.${column}`,
    values: Array.from(
      { length: rows },
      (_row, row) => prediction.values[row * width + column] ?? Number.NaN,
    ),
  }));
}

/** The class with the greatest output, the first of equal ones; of a single output, the second class if it is above 0. */
function likeliest(prediction: Prediction): number[] {
  const width = widthOf(prediction);
  const [rows = 0] = prediction.shape;
  return Array.from({ length: rows }, (_, row) => {
    const at = (column: number): number => prediction.values[row * width + column] ?? 0;
    let best = width === 1 && at(0) > 0 ? 1 : 0;
    for (let label = 1; label < width; label++) if (at(label) > at(best)) best = label;
    return best;
  });
}

function columnsOf(run: Run, name: string, prediction: Prediction): PredictionColumn[] {
  const term = run.task.losses.find(({ output }) => output === name);
  const field = term && run.train.fields[term.target];
  const target = run.train.encoding?.target;
  if (term?.target === 'target' && target)
    return [{ name: target.column, values: decodeTarget(target, prediction) }];
  if (term && field?.classes !== undefined && prediction.shape.length === 2) {
    const { classNames } = field;
    return [
      { name: term.target, values: likeliest(prediction).map((label) => classNames?.[label] ?? label) },
    ];
  }
  return numberColumns(name, prediction);
}

/**
 * Predictions in the terms of the data: the name or label of the class, the number before it was scaled, or the model's own
 * outputs.
 *
 * @param raw - all of the model's outputs as they are
 */
export function predictionColumns(
  run: Run,
  predictions: Readonly<Record<string, Prediction>>,
  raw: boolean,
): readonly PredictionColumn[] {
  return Object.entries(predictions).flatMap(([name, prediction]) =>
    raw ? numberColumns(name, prediction) : columnsOf(run, name, prediction),
  );
}

const quoted = (cell: string | number): string => {
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Columns as CSV, with a header. */
export function* csvLines(columns: readonly PredictionColumn[]): Generator<string> {
  yield `${columns.map(({ name }) => quoted(name)).join(',')}\n`;
  const rows = columns[0]?.values.length ?? 0;
  for (let row = 0; row < rows; row++)
    yield `${columns.map(({ values }) => quoted(values[row] ?? '')).join(',')}\n`;
}

/** Columns as one JSON object a row. */
export function* jsonLines(columns: readonly PredictionColumn[]): Generator<string> {
  const rows = columns[0]?.values.length ?? 0;
  for (let row = 0; row < rows; row++)
    yield `${JSON.stringify(Object.fromEntries(columns.map(({ name, values }) => [name, values[row]])))}\n`;
}
