import type { LaneEntry } from './opcodeEntry.ts';

/** The third element is the number of lanes. */
export const extractLaneOpcodes = {
  'i8x16.extract_lane_s': [0xfd015, 'v:i', 16],
  'i8x16.extract_lane_u': [0xfd016, 'v:i', 16],
  'i16x8.extract_lane_s': [0xfd018, 'v:i', 8],
  'i16x8.extract_lane_u': [0xfd019, 'v:i', 8],
  'i32x4.extract_lane': [0xfd01b, 'v:i', 4],
  'i64x2.extract_lane': [0xfd01d, 'v:l', 2],
  'f32x4.extract_lane': [0xfd01f, 'v:f', 4],
  'f64x2.extract_lane': [0xfd021, 'v:d', 2],
} as const satisfies Record<string, LaneEntry>;

/** Vector and scalar to a vector with one lane replaced. */
export const replaceLaneOpcodes = {
  'i8x16.replace_lane': [0xfd017, 'vi:v', 16],
  'i16x8.replace_lane': [0xfd01a, 'vi:v', 8],
  'i32x4.replace_lane': [0xfd01c, 'vi:v', 4],
  'i64x2.replace_lane': [0xfd01e, 'vl:v', 2],
  'f32x4.replace_lane': [0xfd020, 'vf:v', 4],
  'f64x2.replace_lane': [0xfd022, 'vd:v', 2],
} as const satisfies Record<string, LaneEntry>;
