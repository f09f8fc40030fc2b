import { type ErrorCode, LockstepError, type LockstepErrorDetails } from '@lockstep/core';

/** An error as data that can be posted: a clone of an error object would lose its code. */
export type ErrorData =
  | {
      readonly kind: 'lockstep';
      readonly code: ErrorCode;
      readonly what: string;
      readonly details: LockstepErrorDetails;
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
      stack,
    };
  }
  return error instanceof Error
    ? { kind: 'other', message: error.message, stack: error.stack }
    : { kind: 'other', message: String(error), stack: undefined };
}

/** With the stack of where it was thrown. */
export function errorFromData(data: ErrorData): Error {
  const error =
    data.kind === 'lockstep'
      ? new LockstepError(data.code, data.what, data.details)
      : new Error(data.message);
  if (data.stack !== undefined) error.stack = data.stack;
  return error;
}
