import { extractLaneOpcodes, replaceLaneOpcodes } from './laneOpcodes.ts';
import { atomicOpcodes, loadLaneOpcodes, loadOpcodes, storeLaneOpcodes, storeOpcodes } from './memoryOpcodes.ts';
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
