export type { Bound, CountedLoop } from './functionBuilder.ts';
export { FunctionBuilder } from './functionBuilder.ts';
export type { MemoryLimits, ModuleOptions } from './moduleBuilder.ts';
export { ModuleBuilder } from './moduleBuilder.ts';
export type {
  AtomicOpcode,
  ExtractLaneOpcode,
  LoadLaneOpcode,
  LoadOpcode,
  Opcode,
  ReplaceLaneOpcode,
  StoreLaneOpcode,
  StoreOpcode,
} from './opcodes.ts';
export type { FunctionRef, GlobalRef, Label, Local, ValueType } from './valueType.ts';
