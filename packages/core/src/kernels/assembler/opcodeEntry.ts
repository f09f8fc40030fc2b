/**
 * How an opcode table describes an instruction.
 *
 * The code is the single opcode byte, or a prefix byte followed by three hex digits of the LEB128-encoded
 * sub-opcode: `0xfd0e4` is prefix `0xfd`, sub-opcode `0xe4`.
 *
 * The signature is operand types, a colon, result types, one letter each:
 * `i` i32, `l` i64, `f` f32, `d` f64, `v` v128.
 */
type Described = readonly [code: number, signature: string];

/** An instruction whose immediates, if any, are `zeros` bytes of 0 (memory indices, fence flags). */
export type PlainEntry = readonly [...Described, zeros?: number];

/** An instruction with a memory immediate; `width` is the access width in bytes. */
export type MemoryEntry = readonly [...Described, width: number];

/** An instruction with a lane index below `lanes`. */
export type LaneEntry = readonly [...Described, lanes: number];
