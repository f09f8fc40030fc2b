/** A WebAssembly value type, by its text-format name. */
export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128';

/** A local variable or parameter of one function. Compared by identity: a released local is a dead handle. */
export interface Local {
  readonly index: number;
  readonly type: ValueType;
  /** Shown in listings, e.g. `row`; empty for an unnamed local. */
  readonly name: string;
}

/** An imported immutable global. */
export interface GlobalRef {
  readonly index: number;
  readonly type: ValueType;
  readonly name: string;
}

/** A function of the module, imported or defined. */
export interface FunctionRef {
  readonly index: number;
  readonly name: string;
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** A branch target; valid only inside the block it was handed to. */
export interface Label {
  /** Number of control frames that enclose the labelled one. */
  readonly depth: number;
  /** What a branch to it consumes: the results of a block, nothing for a loop. */
  readonly types: readonly ValueType[];
}
