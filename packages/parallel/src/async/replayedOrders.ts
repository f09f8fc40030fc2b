import { LockstepError } from '@lockstep/core';

/** The order of a row of steps as `onOrder` gives it, or read back from JSON. */
export type GivenOrder = Int32Array | readonly number[];

function refuse(got: string): never {
  throw new LockstepError('BAD_OPTION', 'this is no record of orders', {
    where: { field: 'replay' },
    got,
    wanted: 'an array with an Int32Array, or an array of 32-bit integers, for each row of steps',
    hint: 'Give it what onOrder was called with, in the order of the calls.',
  });
}

const kindOf = (value: unknown): string =>
  Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;

/**
 * The orders that a run is to follow, each as an `Int32Array`.
 *
 * @throws LockstepError BAD_OPTION for anything else
 */
export function replayedOrders(replay: readonly GivenOrder[]): readonly Int32Array[] {
  if (!Array.isArray(replay)) refuse(kindOf(replay));
  if (replay.length === 0) refuse('no orders');
  return replay.map((row: GivenOrder, number) => {
    if (row instanceof Int32Array) return row;
    if (!Array.isArray(row)) refuse(`row ${number}: ${kindOf(row)}`);
    const order = Int32Array.from(row);
    // Holes of an array are seen too.
    const at = order.findIndex((value, index) => value !== row[index]);
    if (at >= 0) refuse(`row ${number}: ${String(row[at])} at ${at}`);
    return order;
  });
}
