/** Most lanes that {@link defaultLanes} gives, and the fewest rows it leaves in a lane. */
const mostLanes = 8;
const fewestRows = 32;

/**
 * Lanes of a run that does not say: the largest power of two up to 8 that leaves at least 32 rows a lane, at least 1.
 * A function of the batch size alone, so that it is the same on every machine.
 */
export function defaultLanes(batchSize: number): number {
  let lanes = 1;
  while (lanes < mostLanes && batchSize >= 2 * lanes * fewestRows) lanes *= 2;
  return lanes;
}

/**
 * First row of each lane, and the number of rows at the end: lane l has the rows from entry l up to entry l + 1.
 * Lanes are consecutive; the first (rows mod lanes) have one row more. With more lanes than rows the last are empty.
 */
export function laneBoundaries(rows: number, lanes: number): readonly number[] {
  const each = Math.floor(rows / lanes);
  const more = rows % lanes;
  return Array.from({ length: lanes + 1 }, (_, lane) => lane * each + Math.min(lane, more));
}

/**
 * The additions that combine lane sums, in order: slot `into` becomes its sum with slot `from`; slot 0 is the result.
 * Level by level neighbours are paired, (0+1), (2+3), ...; an odd last one is carried up unchanged.
 */
export function laneTree(lanes: number): readonly { readonly into: number; readonly from: number }[] {
  const additions: { into: number; from: number }[] = [];
  for (let distance = 1; distance < lanes; distance *= 2)
    for (let into = 0; into + distance < lanes; into += 2 * distance)
      additions.push({ into, from: into + distance });
  return additions;
}
