/** What a code means, and the exit code the command line ends with when it is the reason. */
interface ErrorCodeEntry {
  readonly meaning: string;
  /** 1 internal, 2 usage or run file, 3 data or file, 4 diverged, 5 worker or rank lost. */
  readonly exitCode: 1 | 2 | 3 | 4 | 5;
}

/** Every code a {@link LockstepError} can carry. A new code is one line here. */
export const errorCatalogue = {
  SHAPE_MISMATCH: { exitCode: 2, meaning: 'The shapes of the operands do not fit the operation.' },
  DTYPE_MISMATCH: { exitCode: 2, meaning: 'The element types of the operands do not fit the operation.' },
  UNKNOWN_OPTION: { exitCode: 2, meaning: 'An option or field with this name does not exist.' },
  BAD_OPTION: { exitCode: 2, meaning: 'An option or field has a value that is not allowed.' },
  NOT_DIFFERENTIABLE: {
    exitCode: 2,
    meaning: 'A gradient was asked for through an operation that has none.',
  },
  GRAPH_INVALID: { exitCode: 2, meaning: 'The graph breaks a rule that every legal graph keeps.' },
  DUPLICATE_NAME: { exitCode: 2, meaning: 'Two things that must be told apart by name have the same name.' },
  MEMORY_LIMIT: {
    exitCode: 2,
    meaning: 'The run needs more memory than one arena, or its threads more than the machine, can hold.',
  },
  RUN_FILE_MISSING: { exitCode: 2, meaning: 'The run file does not exist.' },
  RUN_FILE_INVALID: { exitCode: 2, meaning: 'The run file cannot be loaded or does not define a run.' },
  OUT_EXISTS: { exitCode: 2, meaning: 'The output folder already holds a run.' },
  OTHER_RUN: { exitCode: 2, meaning: 'The checkpoint is of a run with other options.' },
  NON_FINITE_DATA: { exitCode: 3, meaning: 'The data holds NaN or an infinity.' },
  EMPTY_DATA: { exitCode: 3, meaning: 'The data has no rows.' },
  BAD_CSV: { exitCode: 3, meaning: 'The file is not a well-formed CSV table.' },
  LABEL_OUT_OF_RANGE: {
    exitCode: 3,
    meaning: 'A class label or an id is not an integer from 0 to the number of classes, or of ids, less 1.',
  },
  IDX_TRUNCATED: { exitCode: 3, meaning: 'The IDX file ends before the data its header announces.' },
  BAD_GZIP: { exitCode: 3, meaning: 'The file is not a whole gzip file.' },
  BAD_NPY: { exitCode: 3, meaning: 'The file is not an NPY file of numbers.' },
  NPY_TRUNCATED: { exitCode: 3, meaning: 'The NPY file ends before the data its header announces.' },
  BAD_NPZ: { exitCode: 3, meaning: 'The file is not a whole zip file of NPY files.' },
  BAD_JSON: { exitCode: 3, meaning: 'A line of the file is not a JSON object of simple values.' },
  BAD_PARQUET: { exitCode: 3, meaning: 'The file is not a whole Parquet file that can be read.' },
  BAD_TABLE: { exitCode: 3, meaning: 'The cells of a table are not what was asked of them.' },
  BAD_IDX: { exitCode: 3, meaning: 'The file is not an IDX file.' },
  BAD_CIFAR: { exitCode: 3, meaning: 'The file is not one of CIFAR-10’s binary version.' },
  BAD_RECORD: {
    exitCode: 3,
    meaning: 'A record of the order of updates cannot be read, or is of another run.',
  },
  BAD_SOURCE: { exitCode: 3, meaning: 'A source of streamed rows cannot be opened or read.' },
  DATA_MISSING: { exitCode: 3, meaning: 'A data file or checkpoint does not exist.' },
  DOWNLOAD_FAILED: { exitCode: 3, meaning: 'A data set cannot be downloaded.' },
  CHECKSUM_MISMATCH: { exitCode: 3, meaning: 'A downloaded file is not the one it should be.' },
  CHECKPOINT_TRUNCATED: { exitCode: 3, meaning: 'The checkpoint ends too early.' },
  CHECKPOINT_CORRUPT: { exitCode: 3, meaning: 'The file is not a checkpoint, or a damaged one.' },
  CHECKPOINT_NEWER: { exitCode: 3, meaning: 'The checkpoint is from a newer version of lockstep.' },
  NOT_WRITABLE: { exitCode: 3, meaning: 'A file or folder cannot be written.' },
  TOOL_FAILED: { exitCode: 3, meaning: 'Another program that was called is missing or failed.' },
  DIVERGED: { exitCode: 4, meaning: 'The loss of a batch is not a finite number.' },
  WORKER_LOST: { exitCode: 5, meaning: 'A worker was lost and could not be replaced.' },
  INTERNAL: { exitCode: 1, meaning: 'Lockstep broke one of its own rules; this is a bug.' },
} as const satisfies Readonly<Record<string, ErrorCodeEntry>>;

export type ErrorCode = keyof typeof errorCatalogue;
export type ExitCode = ErrorCodeEntry['exitCode'];

/** Where an error arose; every part is optional and those given are printed in this order. */
export interface ErrorPlace {
  /** The operation, as it is called in the graph: `matmul`. */
  readonly op?: string;
  /** The path of a field in a run file or of an option: `optimizer.learningRate`. */
  readonly field?: string;
  readonly file?: string;
  /** Counted from 1; printed only together with `file`. */
  readonly line?: number;
}

export interface LockstepErrorDetails {
  readonly where?: ErrorPlace;
  /** What was found, and what would have been right: together they read "got X, wanted Y". */
  readonly got?: string;
  readonly wanted?: string;
  /** What the reader can do about it, as a sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
}

function describePlace(where: ErrorPlace): string {
  const parts: string[] = [];
  if (where.op !== undefined) parts.push(`in op ${where.op}`);
  if (where.field !== undefined) parts.push(`at ${where.field}`);
  if (where.file !== undefined) {
    parts.push(`in ${where.file}${where.line === undefined ? '' : `:${where.line}`}`);
  }
  return parts.join(', ');
}

function describeDifference(got: string | undefined, wanted: string | undefined): string {
  const parts: string[] = [];
  if (got !== undefined) parts.push(`got ${got}`);
  if (wanted !== undefined) parts.push(`wanted ${wanted}`);
  return parts.join(', ');
}

function formatMessage(what: string, details: LockstepErrorDetails): string {
  const place = describePlace(details.where ?? {});
  const difference = describeDifference(details.got, details.wanted);
  const line = `${what}${place === '' ? '' : ` (${place})`}${difference === '' ? '' : `: ${difference}`}`;
  return details.hint === undefined ? line : `${line}\n  ${details.hint}`;
}

/**
 * The only error this project throws on purpose. Scripts branch on `code`; the message is for people:
 *
 * ```
 * operands cannot be multiplied (in op matmul): got [32, 64] x [32, 10], wanted [32, 64] x [64, n]
 *   Transpose the second operand?
 * ```
 */
export class LockstepError extends Error {
  override readonly name = 'LockstepError';
  readonly code: ErrorCode;
  /** What is wrong, without the details that the message goes on with. */
  readonly what: string;
  readonly where: ErrorPlace;
  readonly got: string | undefined;
  readonly wanted: string | undefined;
  readonly hint: string | undefined;

  /** @param what one line, lower case, without a full stop, that says what is wrong */
  constructor(code: ErrorCode, what: string, details: LockstepErrorDetails = {}) {
    super(formatMessage(what, details), details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.what = what;
    this.where = details.where ?? {};
    this.got = details.got;
    this.wanted = details.wanted;
    this.hint = details.hint;
  }

  /** The exit code of the command line when this error ends it. */
  get exitCode(): ExitCode {
    return errorCatalogue[this.code].exitCode;
  }
}
