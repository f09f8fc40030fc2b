import { sizeOf } from '../tensor/tensorType.ts';
import { type Dataset, fieldOf, storedRow } from './dataset.ts';

/** Most classes whose rows are counted: a vocabulary has no balance that anyone reads. */
const mostClasses = 100;
/** The most common class has so many times the rows of the rarest: a model can be right by never saying the latter. */
const unbalanced = 20;

/**
 * How many rows of the view each class has; undefined for a field that holds no class label a row, or labels of very many
 * classes, and for a streamed data set.
 *
 * @throws LockstepError UNKNOWN_OPTION when the field is not there
 */
export function classCounts(data: Dataset, name: string): readonly number[] | undefined {
  const { classes, values, shape } = fieldOf(data, name);
  if (data.stream !== undefined) return undefined;
  if (classes === undefined || classes > mostClasses || sizeOf(shape) !== 1) return undefined;
  const counts = new Array<number>(classes).fill(0);
  for (let row = 0; row < data.rows; row++) {
    const label = values[storedRow(data, row)] ?? 0;
    counts[label] = (counts[label] ?? 0) + 1;
  }
  return counts;
}

/** What to warn of before training on classes with so many rows each; undefined if there is nothing. */
export function imbalance(data: Dataset, name: string, counts: readonly number[]): string | undefined {
  const { classNames } = fieldOf(data, name);
  const called = (label: number): string => `"${classNames?.[label] ?? label}"`;
  const absent = counts.flatMap((count, label) => (count === 0 ? [called(label)] : []));
  if (absent.length > 0) return `no row to train on has the ${name} ${absent.join(', ')}`;
  const least = counts.indexOf(Math.min(...counts));
  const most = counts.indexOf(Math.max(...counts));
  if ((counts[most] ?? 0) < unbalanced * (counts[least] ?? 0)) return undefined;
  return (
    `the ${name} ${called(least)} has ${counts[least]} of ${data.rows} rows, ${called(most)} has ${counts[most]}: ` +
    'accuracy says little here; consider classWeights'
  );
}
