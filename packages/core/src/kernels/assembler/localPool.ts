import type { ByteBuffer } from './byteBuffer.ts';
import { type Local, type ValueType, valueTypes } from './valueType.ts';

/** The parameters and locals of one function; released locals are handed out again. */
export class LocalPool {
  readonly params: readonly Local[];
  /** The live handle of each index; undefined while the index is free. */
  readonly #owners: (Local | undefined)[];
  /** Types of the locals behind the parameters, by declaration. */
  readonly #declared: ValueType[] = [];
  readonly #free: Readonly<Record<ValueType, number[]>> = { i32: [], i64: [], f32: [], f64: [], v128: [] };

  constructor(params: readonly ValueType[]) {
    this.params = params.map((type, index) => ({ index, type, name: '' }));
    this.#owners = [...this.params];
  }

  get declared(): readonly ValueType[] {
    return this.#declared;
  }

  take(type: ValueType, name: string): Local {
    const index = this.#free[type].pop() ?? this.params.length + this.#declared.push(type) - 1;
    const local: Local = { index, type, name };
    this.#owners[index] = local;
    return local;
  }

  /** True if the handle was given out by this pool and not given back since. */
  owns(local: Local): boolean {
    return this.#owners[local.index] === local;
  }

  release(local: Local): void {
    this.#owners[local.index] = undefined;
    this.#free[local.type].push(local.index);
  }

  /** Writes the declarations, runs of one type together. */
  encode(out: ByteBuffer): void {
    const runs: { type: ValueType; count: number }[] = [];
    for (const type of this.#declared) {
      const last = runs[runs.length - 1];
      if (last?.type === type) last.count++;
      else runs.push({ type, count: 1 });
    }
    out.u32(runs.length);
    for (const { type, count } of runs) {
      out.u32(count);
      out.u8(valueTypes[type].byte);
    }
  }
}
