import {
  type ErrorCode,
  LockstepError,
  type LockstepErrorDetails,
  RunLostError,
  type RunState,
} from '@lockstep/core';

/** An error as data that can be posted: a clone of an error object would lose its code. */
export type ErrorData =
  | {
      readonly kind: 'lockstep';
      readonly code: ErrorCode;
      readonly what: string;
      readonly details: LockstepErrorDetails;
      /** What is left of a run that was lost. */
      readonly left?: { readonly state: RunState; readonly step: number };
      readonly stack: string | undefined;
    }
  | { readonly kind: 'other'; readonly message: string; readonly stack: string | undefined };

export function errorToData(error: unknown): ErrorData {
  if (error instanceof LockstepError) {
    const { code, what, where, got, wanted, hint, stack } = error;
    return {
      kind: 'lockstep',
      code,
      what,
      details: {
        where,
        ...(got !== undefined && { got }),
        ...(wanted !== undefined && { wanted }),
        ...(hint !== undefined && { hint }),
        ...(error.cause !== undefined && { cause: String(error.cause) }),
      },
      ...(error instanceof RunLostError && { left: { state: error.state, step: error.step } }),
      stack,
    };
  }
  return error instanceof Error
    ? { kind: 'other', message: error.message, stack: error.stack }
    : { kind: 'other', message: String(error), stack: undefined };
}

function errorOf(data: ErrorData): Error {
  if (data.kind === 'other') return new Error(data.message);
  const { code, what, details, left } = data;
  return left
    ? new RunLostError(what, details, left.state, left.step)
    : new LockstepError(code, what, details);
}

/** With the stack of where it was thrown. */
export function errorFromData(data: ErrorData): Error {
  const error = errorOf(data);
  if (data.stack !== undefined) error.stack = data.stack;
  return error;
}
