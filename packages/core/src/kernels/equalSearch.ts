import { searchSlotBytes, searchSlots } from '../compile/searchTable.ts';
import { LockstepError } from '../errors.ts';
import type { EqualSearch } from '../nest/equalSearch.ts';
import { type Scalar, walk } from '../nest/scalar.ts';
import type { Local } from './assembler/index.ts';
import { type Frame, pushElementAddress, pushIndex } from './frame.ts';
import { isIndexPrimitive } from './primitiveCode.ts';

/** Where a slot has its two words: the integer, and the position that it was found at (-1 in an empty slot). */
const [keyOffset, positionOffset] = [0, 4];
/** 2^32 divided by the golden ratio, made odd: spreads neighbouring integers (Knuth, "The Art of Computer Programming" 3, 6.4). */
const multiplier = 0x9e3779b1;

/** Whether the emitter below can run: the whole list is one worker's, and its integers are index expressions. */
export function canSearch(frame: Frame, { key }: EqualSearch): boolean {
  if (frame.split.kind === 'axis') return false;
  let legal = true;
  walk([key], (scalar) => {
    if (scalar.kind === 'primitive') legal &&= isIndexPrimitive(scalar.name);
    if (scalar.kind === 'call' || scalar.kind === 'reduced') legal = false;
  });
  return legal;
}

/** What an index is surely below: the bound that it is clamped to. */
function belowOf(key: Scalar): number {
  const [low, clamped] = key.kind === 'primitive' && key.name === 'intMax' ? key.args : [];
  const [, high] = clamped?.kind === 'primitive' && clamped.name === 'intMin' ? clamped.args : [];
  const bounded = low?.kind === 'constant' && low.value === 0 && high?.kind === 'constant';
  return bounded ? high.value + 1 : Number.POSITIVE_INFINITY;
}

/**
 * Emits a search for equal integers, with a hash table in scratch (open addressing, linear probing). To find first positions
 * the list is gone through forwards, and the first of each integer stays in the table; to find next ones backwards, and
 * the newest stays.
 */
export function emitEqualSearch(frame: Frame, search: EqualSearch): void {
  const { f, nest } = frame;
  const { which, length, key, position: axis } = search;
  const [store] = nest.stores;
  if (store === undefined) throw new LockstepError('INTERNAL', `kernel ${nest.name} stores nothing`);
  const slots = searchSlots(length);
  const end = f.local('i32');
  const cursor = f.local('i32');
  f.get(frame.scratch)
    .i32Const(slots * searchSlotBytes)
    .op('i32.add')
    .set(end);
  f.countedLoop(cursor, { start: frame.scratch, end, step: 16, atLeastOnce: true }, () => {
    f.get(cursor).v128Const([-1, -1, -1, -1]).store('v128.store');
  });
  f.release(cursor);

  const at = f.local('i32');
  const [wanted, slot, found] = [f.local('i32'), f.local('i32'), f.local('i32')];
  for (const each of [0, axis]) frame.positions.set(each, at);
  const range =
    which === 'first'
      ? ({ start: 0, end: length } as const)
      : ({ start: length - 1, end: -1, step: -1, test: 'i32.ne' } as const);
  // Integers below the number of slots have one each.
  const direct = belowOf(key) <= slots;
  f.countedLoop(at, range, () => {
    pushIndex(frame, key);
    f.set(wanted);
    if (direct) {
      f.get(frame.scratch).get(wanted).i32Const(searchSlotBytes).op('i32.mul').op('i32.add').tee(slot);
      f.load('i32.load', positionOffset).set(found);
    } else probe(frame, { wanted, slot, found, end }, 32 - Math.log2(slots));
    pushElementAddress(frame, store.tensor, store.index);
    if (which === 'first') {
      f.get(found).i32Const(0).op('i32.lt_s');
      f.ifElse(() => {
        f.get(slot).get(wanted).store('i32.store', keyOffset);
        f.get(slot).get(at).tee(found).store('i32.store', positionOffset);
      });
      f.get(found).store('i32.store');
    } else {
      f.get(found).i32Const(2 ** 31 - 1);
      f.get(found).i32Const(0).op('i32.ge_s').select().store('i32.store');
      f.get(slot).get(wanted).store('i32.store', keyOffset);
      f.get(slot).get(at).store('i32.store', positionOffset);
    }
  });
  for (const each of [0, axis]) frame.positions.delete(each);
  f.release(at, wanted, slot, found, end);
}

interface Probe {
  readonly wanted: Local;
  readonly slot: Local;
  readonly found: Local;
  readonly end: Local;
}

/** Sets `slot` to the slot of the integer or else to an empty one, and `found` to the position in it. */
function probe({ f, scratch }: Frame, { wanted, slot, found, end }: Probe, shift: number): void {
  f.get(scratch);
  f.get(wanted).i32Const(multiplier).op('i32.mul').i32Const(shift).op('i32.shr_u');
  f.i32Const(searchSlotBytes).op('i32.mul').op('i32.add').set(slot);
  f.block((done) => {
    f.loop((again) => {
      f.get(slot).load('i32.load', positionOffset).tee(found);
      f.i32Const(0).op('i32.lt_s').brIf(done);
      f.get(slot).load('i32.load', keyOffset).get(wanted).op('i32.eq').brIf(done);
      f.get(slot).i32Const(searchSlotBytes).op('i32.add').set(slot);
      f.get(scratch).get(slot).get(slot).get(end).op('i32.eq').select().set(slot);
      f.br(again);
    });
  });
}
