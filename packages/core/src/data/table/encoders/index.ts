import type { ColumnReader } from '../table.ts';
import { type DateEncoding, dateEncoder } from './date.ts';
import type { CellWriter, ColumnEncoder, ColumnOptions } from './encoder.ts';
import { type IdsEncoding, idsEncoder } from './ids.ts';
import { type NumberEncoding, numberEncoder } from './number.ts';
import { type OneHotEncoding, oneHotEncoder } from './oneHot.ts';

/** What each kind of column learns. */
interface Encodings {
  readonly number: NumberEncoding;
  readonly date: DateEncoding;
  readonly oneHot: OneHotEncoding;
  readonly ids: IdsEncoding;
}

export type EncodingKind = keyof Encodings;

/** What a column learnt from the training rows, as plain data. */
export type ColumnEncoding = Encodings[EncodingKind];

const encoders: { readonly [K in EncodingKind]: ColumnEncoder<Encodings[K]> } = {
  number: numberEncoder,
  date: dateEncoder,
  oneHot: oneHotEncoder,
  ids: idsEncoder,
};

/** Calls an encoder with an encoding of its own kind. */
function withEncoder<K extends EncodingKind, T>(
  kind: K,
  encoding: Encodings[K],
  use: (encoder: ColumnEncoder<Encodings[K]>, encoding: Encodings[K]) => T,
): T {
  return use(encoders[kind], encoding);
}

/** Learns the encoding of a column from the training rows. */
export function fitColumn<K extends EncodingKind>(
  kind: K,
  column: ColumnReader,
  rows: Uint32Array,
  options: ColumnOptions,
): Encodings[K] {
  return encoders[kind].fit(column, rows, options);
}

/** What the numbers of an encoded column are called. */
export function encodedNames(encoding: ColumnEncoding, column: string): readonly string[] {
  return withEncoder(encoding.kind, encoding, (encoder, own) => encoder.names(own, column));
}

/** An encoding, put to use on a column. */
export function encodedWriter(encoding: ColumnEncoding, column: ColumnReader): CellWriter {
  return withEncoder(encoding.kind, encoding, (encoder, own) => encoder.writer(own, column));
}

/** The encoding of a column that a value read from a file is; undefined if it is none. */
export function parseColumnEncoding(value: Readonly<Record<string, unknown>>): ColumnEncoding | undefined {
  const { kind } = value;
  return typeof kind === 'string' && isKind(kind) ? encoders[kind].parse(value) : undefined;
}

function isKind(kind: string): kind is EncodingKind {
  return Object.hasOwn(encoders, kind);
}
