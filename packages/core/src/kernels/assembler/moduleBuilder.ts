import type { FunctionBuilder } from './functionBuilder.ts';
import type { FunctionRef, GlobalRef, ValueType } from './valueType.ts';

export interface ModuleOptions {
  /** Record a text listing of every function (see `listing`). Default false. */
  readonly listing?: boolean;
  /** Write the function names into the module's name section, for profiles and stack traces. Default true. */
  readonly names?: boolean;
}

export interface MemoryLimits {
  /** Pages of 64 KiB, 0 .. 65536. */
  readonly min: number;
  /** Required when shared. */
  readonly max?: number;
  readonly shared?: boolean;
}

export declare class ModuleBuilder {
  constructor(options?: ModuleOptions);
  /** At most one memory. */
  importMemory(module: string, name: string, limits: MemoryLimits): void;
  /** An immutable global; the host passes a number (bigint for i64). */
  importGlobal(module: string, name: string, type?: ValueType): GlobalRef;
  /** All imports come before the first `func`. */
  importFunction(
    module: string,
    name: string,
    params: readonly ValueType[],
    results: readonly ValueType[],
  ): FunctionRef;
  /** May be called inside another function's body (kernels made on demand). */
  func(
    name: string,
    params: readonly ValueType[],
    results: readonly ValueType[],
    body: (f: FunctionBuilder) => void,
    options?: { readonly export?: boolean },
  ): FunctionRef;
  toBytes(): Uint8Array<ArrayBuffer>;
  /** Text of one function, if the builder was made with `listing: true`. */
  listing(fn: FunctionRef): string;
}
