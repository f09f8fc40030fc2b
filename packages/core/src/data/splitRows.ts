import { LockstepError } from '../errors.ts';
import { permutation } from './order.ts';

/** What a row is told by: the label of its class, or the name of its group. */
type Key = number | string;

export interface SplitRowsOptions {
  /** The class of each row: every part gets its share of each. */
  readonly strata?: ArrayLike<Key>;
  /** The group of each row, such as whom it is about: rows of one group stay together. Not beside `strata`. */
  readonly groups?: ArrayLike<Key>;
}

/** Rows to train on and rows to judge by, each in rising order. */
export interface RowSplit {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
}

function tooFew(got: number, wanted: number, what: string): LockstepError {
  return new LockstepError('EMPTY_DATA', `there are too few ${what} to set some aside`, {
    where: { field: 'data' },
    got: `${got} ${what}`,
    wanted: `at least ${wanted}`,
  });
}

function checkKeys(rows: number, { strata, groups }: SplitRowsOptions): void {
  if (strata !== undefined && groups !== undefined)
    throw new LockstepError('BAD_OPTION', 'rows cannot be split by class and by group at once', {
      where: { field: 'groups' },
      hint: 'Leave one of them out.',
    });
  for (const [field, keys] of Object.entries({ strata, groups }))
    if (keys !== undefined && keys.length !== rows)
      throw new LockstepError('BAD_OPTION', 'there is not one for each row', {
        where: { field },
        got: `${keys.length}`,
        wanted: `${rows}`,
      });
}

/** Members of each key, in the order given; keys in the order in which they first appear among all rows. */
function byKey(order: Uint32Array, keys: ArrayLike<Key>): Map<Key, number[]> {
  const members = new Map<Key, number[]>();
  for (let row = 0; row < keys.length; row++) members.set(keys[row] ?? '', []);
  for (const row of order) members.get(keys[row] ?? '')?.push(row);
  return members;
}

/** Which part each row goes to, made two lists of. */
function parted(rows: number, isAside: (row: number) => boolean): RowSplit {
  const train: number[] = [];
  const validation: number[] = [];
  for (let row = 0; row < rows; row++) (isAside(row) ? validation : train).push(row);
  return { train: Uint32Array.from(train), validation: Uint32Array.from(validation) };
}

/** Takes whole groups, in random order, each if it brings the number of rows nearer to what is wanted. */
function groupsAside(groups: readonly (readonly number[])[], seed: number, wanted: number): Set<number> {
  const aside: number[] = [];
  let taken = 0;
  const order = permutation(seed, 'split', 0, groups.length);
  for (const [at, group] of order.entries()) {
    const rows = groups[group] ?? [];
    const isFirst = aside.length === 0 && at === order.length - 1;
    const isNearer = Math.abs(wanted - aside.length - rows.length) < wanted - aside.length;
    if ((isNearer || isFirst) && taken < groups.length - 1) {
      aside.push(...rows);
      taken += 1;
    }
  }
  return new Set(aside);
}

/**
 * Sets rows aside: a random choice that depends on the seed, the number of rows, and classes or groups if they are given, alone. At
 * least one row goes to each part.
 *
 * With classes, rows are shuffled, put in order of their classes (the class of row 0 first), and taken at even distances, so each
 * class has its share in both parts to within one row.
 *
 * @param fraction - of the rows that are set aside, above 0 and below 1 (rounded to whole rows, or with groups as near as they go)
 * @throws LockstepError BAD_OPTION for another fraction; EMPTY_DATA when there are fewer than 2 rows or groups
 */
export function splitRows(
  rows: number,
  fraction: number,
  seed: number,
  options: SplitRowsOptions = {},
): RowSplit {
  if (!(fraction > 0 && fraction < 1))
    throw new LockstepError('BAD_OPTION', 'this part of the rows cannot be set aside', {
      where: { field: 'fraction' },
      got: String(fraction),
      wanted: 'a number above 0 and below 1',
    });
  if (rows < 2) throw tooFew(rows, 2, 'rows');
  checkKeys(rows, options);
  const { strata, groups } = options;
  const wanted = Math.min(Math.max(Math.round(rows * fraction), 1), rows - 1);
  const order = permutation(seed, 'split', 0, rows);
  if (groups !== undefined) {
    const members = [...byKey(order, groups).values()];
    if (members.length < 2) throw tooFew(members.length, 2, 'groups');
    const aside = groupsAside(members, seed, wanted);
    return parted(rows, (row) => aside.has(row));
  }
  if (strata === undefined) {
    const aside = new Set(order.subarray(0, wanted));
    return parted(rows, (row) => aside.has(row));
  }
  const inClasses = [...byKey(order, strata).values()].flat();
  const aside = new Set(
    inClasses.filter((_, at) => Math.floor(((at + 1) * wanted) / rows) > Math.floor((at * wanted) / rows)),
  );
  return parted(rows, (row) => aside.has(row));
}

/** The fold of each row: groups in random order, the largest first, each to the fold with the fewest rows. */
function foldsOfGroups(
  groups: readonly (readonly number[])[],
  folds: number,
  seed: number,
): Map<number, number> {
  const filled = new Array<number>(folds).fill(0);
  const foldOf = new Map<number, number>();
  const order = Array.from(permutation(seed, 'folds', 0, groups.length), (group) => groups[group] ?? []);
  for (const members of order.sort((a, b) => b.length - a.length)) {
    const fold = filled.indexOf(Math.min(...filled));
    filled[fold] = (filled[fold] ?? 0) + members.length;
    for (const row of members) foldOf.set(row, fold);
  }
  return foldOf;
}

/**
 * Cuts rows into folds of equal size (to within one row, without groups), each of which is the validation part of one split and
 * belongs to the training part of all others. The choice is random and depends on the seed, as in {@link splitRows}.
 *
 * @param folds - how many, at least 2
 * @throws LockstepError BAD_OPTION; EMPTY_DATA when there are fewer rows or groups than folds
 */
export function foldRows(
  rows: number,
  folds: number,
  seed: number,
  options: SplitRowsOptions = {},
): readonly RowSplit[] {
  if (!(Number.isSafeInteger(folds) && folds >= 2))
    throw new LockstepError('BAD_OPTION', 'rows cannot be cut into so many folds', {
      where: { field: 'folds' },
      got: String(folds),
      wanted: 'an integer, 2 or above',
    });
  if (rows < folds) throw tooFew(rows, folds, 'rows');
  checkKeys(rows, options);
  const { strata, groups } = options;
  const order = permutation(seed, 'folds', 0, rows);
  let foldOf = new Map<number, number>();
  if (groups !== undefined) {
    const members = [...byKey(order, groups).values()];
    if (members.length < folds) throw tooFew(members.length, folds, 'groups');
    foldOf = foldsOfGroups(members, folds, seed);
  } else {
    const inClasses = strata === undefined ? order : [...byKey(order, strata).values()].flat();
    for (const [at, row] of inClasses.entries()) foldOf.set(row, at % folds);
  }
  return Array.from({ length: folds }, (_, fold) => parted(rows, (row) => foldOf.get(row) === fold));
}
