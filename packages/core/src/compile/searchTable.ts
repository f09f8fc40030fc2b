/** Bytes of a slot: the integer, and a position that it was found at. */
export const searchSlotBytes = 8;

/** Slots of the hash table that looks for equal integers in a list: a power of two, at most half of them in use. */
export const searchSlots = (length: number): number => 2 ** Math.max(1, Math.ceil(Math.log2(2 * length)));
