import type { MemoryEntry } from './opcodeEntry.ts';

/** Loads: address to value. The third element is the access width in bytes, which is the natural alignment. */
export const loadOpcodes = {
  'i32.load': [0x28, 'i:i', 4],
  'i64.load': [0x29, 'i:l', 8],
  'f32.load': [0x2a, 'i:f', 4],
  'f64.load': [0x2b, 'i:d', 8],
  'i32.load8_s': [0x2c, 'i:i', 1],
  'i32.load8_u': [0x2d, 'i:i', 1],
  'i32.load16_s': [0x2e, 'i:i', 2],
  'i32.load16_u': [0x2f, 'i:i', 2],
  'i64.load8_s': [0x30, 'i:l', 1],
  'i64.load8_u': [0x31, 'i:l', 1],
  'i64.load16_s': [0x32, 'i:l', 2],
  'i64.load16_u': [0x33, 'i:l', 2],
  'i64.load32_s': [0x34, 'i:l', 4],
  'i64.load32_u': [0x35, 'i:l', 4],
  'v128.load': [0xfd000, 'i:v', 16],
  'v128.load8x8_s': [0xfd001, 'i:v', 8],
  'v128.load8x8_u': [0xfd002, 'i:v', 8],
  'v128.load16x4_s': [0xfd003, 'i:v', 8],
  'v128.load16x4_u': [0xfd004, 'i:v', 8],
  'v128.load32x2_s': [0xfd005, 'i:v', 8],
  'v128.load32x2_u': [0xfd006, 'i:v', 8],
  'v128.load8_splat': [0xfd007, 'i:v', 1],
  'v128.load16_splat': [0xfd008, 'i:v', 2],
  'v128.load32_splat': [0xfd009, 'i:v', 4],
  'v128.load64_splat': [0xfd00a, 'i:v', 8],
  'v128.load32_zero': [0xfd05c, 'i:v', 4],
  'v128.load64_zero': [0xfd05d, 'i:v', 8],
  'i32.atomic.load': [0xfe010, 'i:i', 4],
  'i64.atomic.load': [0xfe011, 'i:l', 8],
} as const satisfies Record<string, MemoryEntry>;

/** Stores: address and value to nothing. */
export const storeOpcodes = {
  'i32.store': [0x36, 'ii:', 4],
  'i64.store': [0x37, 'il:', 8],
  'f32.store': [0x38, 'if:', 4],
  'f64.store': [0x39, 'id:', 8],
  'i32.store8': [0x3a, 'ii:', 1],
  'i32.store16': [0x3b, 'ii:', 2],
  'i64.store8': [0x3c, 'il:', 1],
  'i64.store16': [0x3d, 'il:', 2],
  'i64.store32': [0x3e, 'il:', 4],
  'v128.store': [0xfd00b, 'iv:', 16],
  'i32.atomic.store': [0xfe017, 'ii:', 4],
  'i64.atomic.store': [0xfe018, 'il:', 8],
} as const satisfies Record<string, MemoryEntry>;

/** Read-modify-write, wait and notify; sequentially consistent. The address must be aligned, or the instruction traps. */
export const atomicOpcodes = {
  'memory.atomic.notify': [0xfe000, 'ii:i', 4],
  'memory.atomic.wait32': [0xfe001, 'iil:i', 4],
  'memory.atomic.wait64': [0xfe002, 'ill:i', 8],
  'i32.atomic.rmw.add': [0xfe01e, 'ii:i', 4],
  'i64.atomic.rmw.add': [0xfe01f, 'il:l', 8],
  'i32.atomic.rmw.sub': [0xfe025, 'ii:i', 4],
  'i64.atomic.rmw.sub': [0xfe026, 'il:l', 8],
  'i32.atomic.rmw.and': [0xfe02c, 'ii:i', 4],
  'i64.atomic.rmw.and': [0xfe02d, 'il:l', 8],
  'i32.atomic.rmw.or': [0xfe033, 'ii:i', 4],
  'i64.atomic.rmw.or': [0xfe034, 'il:l', 8],
  'i32.atomic.rmw.xor': [0xfe03a, 'ii:i', 4],
  'i64.atomic.rmw.xor': [0xfe03b, 'il:l', 8],
  'i32.atomic.rmw.xchg': [0xfe041, 'ii:i', 4],
  'i64.atomic.rmw.xchg': [0xfe042, 'il:l', 8],
  'i32.atomic.rmw.cmpxchg': [0xfe048, 'iii:i', 4],
  'i64.atomic.rmw.cmpxchg': [0xfe049, 'ill:l', 8],
} as const satisfies Record<string, MemoryEntry>;

/** Loads into one lane of a vector; there are 16 / width lanes. */
export const loadLaneOpcodes = {
  'v128.load8_lane': [0xfd054, 'iv:v', 1],
  'v128.load16_lane': [0xfd055, 'iv:v', 2],
  'v128.load32_lane': [0xfd056, 'iv:v', 4],
  'v128.load64_lane': [0xfd057, 'iv:v', 8],
} as const satisfies Record<string, MemoryEntry>;

/** Stores of one lane of a vector. */
export const storeLaneOpcodes = {
  'v128.store8_lane': [0xfd058, 'iv:', 1],
  'v128.store16_lane': [0xfd059, 'iv:', 2],
  'v128.store32_lane': [0xfd05a, 'iv:', 4],
  'v128.store64_lane': [0xfd05b, 'iv:', 8],
} as const satisfies Record<string, MemoryEntry>;
