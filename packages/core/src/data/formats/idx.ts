import { LockstepError } from '../../errors.ts';
import type { FieldDType, FieldValues } from '../field.ts';
import type { StoredTensor } from './storedTensor.ts';

interface IdxElement {
  readonly bytes: number;
  readonly dtype: FieldDType;
  read(view: DataView, length: number): FieldValues;
}

const integers = (bytes: number, read: (view: DataView, at: number) => number): IdxElement => ({
  bytes,
  dtype: 'int32',
  read: (view, length) => Int32Array.from({ length }, (_, at) => read(view, at * bytes)),
});

const floats = (bytes: number, read: (view: DataView, at: number) => number): IdxElement => ({
  bytes,
  dtype: 'float32',
  read: (view, length) => Float32Array.from({ length }, (_, at) => read(view, at * bytes)),
});

/** Element types by the third byte of the file; numbers are big-endian. */
const elements: ReadonlyMap<number, IdxElement> = new Map<number, IdxElement>([
  [
    0x08,
    {
      bytes: 1,
      dtype: 'uint8',
      read: (view, length) => new Uint8Array(view.buffer, view.byteOffset, length).slice(),
    },
  ],
  [0x09, integers(1, (view, at) => view.getInt8(at))],
  [0x0b, integers(2, (view, at) => view.getInt16(at))],
  [0x0c, integers(4, (view, at) => view.getInt32(at))],
  [0x0d, floats(4, (view, at) => view.getFloat32(at))],
  [0x0e, floats(8, (view, at) => view.getFloat64(at))],
]);

const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, '0')}`;

/**
 * Reads an IDX file (http://yann.lecun.com/exdb/mnist, "The IDX file format"): two zero bytes, the element type, the
 * number of axes, one 32-bit size an axis, the elements; all big-endian. Signed bytes and 16-bit integers widen to
 * int32, float64 rounds to float32.
 *
 * @param file - what to call the file in messages
 * @throws LockstepError BAD_IDX when it is no IDX file or goes on after its data; IDX_TRUNCATED when it ends early
 */
export function parseIdx(bytes: Uint8Array, file: string): StoredTensor {
  const where = { file };
  const truncated = (part: string, wanted: number): LockstepError =>
    new LockstepError('IDX_TRUNCATED', `the file ends inside its ${part}`, {
      where,
      got: `${bytes.length} bytes`,
      wanted: `${wanted}`,
      hint: 'The download may have been interrupted; fetch the file again.',
    });
  const [zero, alsoZero, type, rank] = bytes;
  if (zero === undefined || alsoZero === undefined || type === undefined || rank === undefined)
    throw truncated('header', 4);
  const element = elements.get(type);
  if (zero !== 0 || alsoZero !== 0 || element === undefined || rank === 0)
    throw new LockstepError('BAD_IDX', 'the file does not start as an IDX file does', {
      where,
      got: [zero, alsoZero, type, rank].map(hex).join(' '),
      wanted: `0x00 0x00, ${[...elements.keys()].map(hex).join(' or ')}, the number of axes`,
      ...(zero === 0x1f && alsoZero === 0x8b
        ? { hint: 'It is compressed with gzip; give it the ending .gz.' }
        : {}),
    });
  const header = 4 + 4 * rank;
  if (bytes.length < header) throw truncated('header', header);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const length = shape.reduce((product, size) => product * size, 1);
  const wanted = header + length * element.bytes;
  if (bytes.length < wanted) throw truncated('data', wanted);
  if (bytes.length > wanted)
    throw new LockstepError('BAD_IDX', 'the file goes on after its data', {
      where,
      got: `${bytes.length} bytes`,
      wanted: `${wanted} for shape [${shape.join(', ')}]`,
    });
  const data = new DataView(bytes.buffer, bytes.byteOffset + header, length * element.bytes);
  return { shape, dtype: element.dtype, values: element.read(data, length) };
}
