import type { ErrorCode, LockstepErrorDetails } from '@lockstep/core';
import type { BlockRead, InputRows } from '@lockstep/core/engine';
import type { StreamSchema } from '@lockstep/core/rank';

/** A block that a loader's thread is to read into shared memory, as plain data. */
export interface LoaderTask {
  /** Tells the streams of a pool apart: a thread opens the source of each once. */
  readonly stream: number;
  readonly schema: StreamSchema;
  /** By field: where the rows of its input lie; absent: no program reads it. */
  readonly inputs: Readonly<Record<string, InputRows>>;
  /** Of all tensors. */
  readonly memory: WebAssembly.Memory;
  readonly read: BlockRead;
}

/** Why a block could not be read, as plain data: a clone of an error would lose its code. */
export interface LoadFailure {
  readonly code: ErrorCode;
  readonly what: string;
  readonly details: LockstepErrorDetails;
}
