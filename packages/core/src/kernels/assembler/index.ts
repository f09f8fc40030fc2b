export type { Bound, CountedLoop, LoopTest } from './countedLoop.ts';
export { FunctionBuilder } from './functionBuilder.ts';
export type { FunctionOptions, MemoryLimits, ModuleOptions } from './moduleBuilder.ts';
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
