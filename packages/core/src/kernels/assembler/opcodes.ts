import { extractLaneOpcodes, replaceLaneOpcodes } from './laneOpcodes.ts';
import {
  atomicOpcodes,
  loadLaneOpcodes,
  loadOpcodes,
  storeLaneOpcodes,
  storeOpcodes,
} from './memoryOpcodes.ts';
import type { LaneEntry, MemoryEntry, PlainEntry } from './opcodeEntry.ts';
import { scalarOpcodes } from './scalarOpcodes.ts';
import { simdOpcodes } from './simdOpcodes.ts';

/** An instruction without immediates, by its text-format name. */
export type Opcode = keyof typeof scalarOpcodes | keyof typeof simdOpcodes;
export type LoadOpcode = keyof typeof loadOpcodes;
export type StoreOpcode = keyof typeof storeOpcodes;
export type AtomicOpcode = keyof typeof atomicOpcodes;
export type LoadLaneOpcode = keyof typeof loadLaneOpcodes;
export type StoreLaneOpcode = keyof typeof storeLaneOpcodes;
export type ExtractLaneOpcode = keyof typeof extractLaneOpcodes;
export type ReplaceLaneOpcode = keyof typeof replaceLaneOpcodes;

export type MemoryOpcode = LoadOpcode | StoreOpcode | AtomicOpcode;
export type MemoryLaneOpcode = LoadLaneOpcode | StoreLaneOpcode;
export type LaneOpcode = ExtractLaneOpcode | ReplaceLaneOpcode;

export const plainOpcodes: Readonly<Record<Opcode, PlainEntry>> = { ...scalarOpcodes, ...simdOpcodes };

export const memoryOpcodes: Readonly<Record<MemoryOpcode, MemoryEntry>> = {
  ...loadOpcodes,
  ...storeOpcodes,
  ...atomicOpcodes,
};

export const memoryLaneOpcodes: Readonly<Record<MemoryLaneOpcode, MemoryEntry>> = {
  ...loadLaneOpcodes,
  ...storeLaneOpcodes,
};

export const laneOpcodes: Readonly<Record<LaneOpcode, LaneEntry>> = {
  ...extractLaneOpcodes,
  ...replaceLaneOpcodes,
};
