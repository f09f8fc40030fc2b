import { LockstepError } from '../../errors.ts';
import { sizeOf } from '../../tensor/tensorType.ts';
import { allocateValues, type FieldDType, type FieldValues } from '../field.ts';
import { parseNpyHeader } from './npyHeader.ts';
import type { StoredTensor } from './storedTensor.ts';

interface NpyElement {
  readonly bytes: number;
  readonly dtype: FieldDType;
  read(view: DataView, at: number, littleEndian: boolean): number;
}

/** IEEE 754 binary16: one sign bit, five of exponent, ten of fraction. */
function float16(bits: number): number {
  const sign = bits >>> 15 === 1 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** Element types by what NumPy calls them, without the byte order. */
const elements: ReadonlyMap<string, NpyElement> = new Map<string, NpyElement>([
  ['b1', { bytes: 1, dtype: 'uint8', read: (view, at) => view.getUint8(at) }],
  ['u1', { bytes: 1, dtype: 'uint8', read: (view, at) => view.getUint8(at) }],
  ['i1', { bytes: 1, dtype: 'int32', read: (view, at) => view.getInt8(at) }],
  ['u2', { bytes: 2, dtype: 'int32', read: (view, at, little) => view.getUint16(at, little) }],
  ['i2', { bytes: 2, dtype: 'int32', read: (view, at, little) => view.getInt16(at, little) }],
  ['u4', { bytes: 4, dtype: 'int32', read: (view, at, little) => view.getUint32(at, little) }],
  ['i4', { bytes: 4, dtype: 'int32', read: (view, at, little) => view.getInt32(at, little) }],
  ['u8', { bytes: 8, dtype: 'int32', read: (view, at, little) => Number(view.getBigUint64(at, little)) }],
  ['i8', { bytes: 8, dtype: 'int32', read: (view, at, little) => Number(view.getBigInt64(at, little)) }],
  ['f2', { bytes: 2, dtype: 'float32', read: (view, at, little) => float16(view.getUint16(at, little)) }],
  ['f4', { bytes: 4, dtype: 'float32', read: (view, at, little) => view.getFloat32(at, little) }],
  ['f8', { bytes: 8, dtype: 'float32', read: (view, at, little) => view.getFloat64(at, little) }],
]);

/** Those whose bytes are those of a field's values: memory is little-endian, as WebAssembly's is. */
const plain: ReadonlySet<string> = new Set(['|b1', '|u1', '<i4', '<f4']);

/** Where each element of a row-major tensor lies in one whose first axis is the fastest. */
function* columnMajorPositions(shape: readonly number[]): Generator<number> {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)));
  const index = shape.map(() => 0);
  let position = 0;
  for (let count = sizeOf(shape); count > 0; count--) {
    yield position;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      position += strides[axis] ?? 0;
      index[axis] = (index[axis] ?? 0) + 1;
      if (index[axis] !== shape[axis]) break;
      position -= (strides[axis] ?? 0) * (shape[axis] ?? 0);
      index[axis] = 0;
    }
  }
}

function readValues(
  data: DataView,
  element: NpyElement,
  littleEndian: boolean,
  positions: Iterable<number>,
  where: { readonly file: string },
): FieldValues {
  const values = allocateValues(element.dtype, data.byteLength / element.bytes);
  let at = 0;
  for (const position of positions) {
    const value = element.read(data, position * element.bytes, littleEndian);
    values[at] = value;
    if (element.dtype === 'int32' && values[at] !== value)
      throw new LockstepError('DTYPE_MISMATCH', `element ${at} does not fit into 32 bits`, {
        where,
        got: String(value),
        wanted: 'from -2147483648 to 2147483647',
        hint: 'Save the array as float32 or int32.',
      });
    at += 1;
  }
  return values;
}

function* range(length: number): Generator<number> {
  for (let at = 0; at < length; at++) yield at;
}

/**
 * Reads an NPY file (NumPy Enhancement Proposal 1), as `numpy.save` writes it. Booleans and bytes stay bytes, other
 * integers become int32, floating-point numbers float32. Both byte orders and both orders of axes can be read; the
 * result is row-major.
 *
 * @param file - what to call the file in messages
 * @throws LockstepError BAD_NPY when it is no NPY file, holds other elements than numbers, or goes on after its data;
 * NPY_TRUNCATED when it ends early; DTYPE_MISMATCH for an integer that 32 bits cannot hold
 */
export function parseNpy(bytes: Uint8Array, file: string): StoredTensor {
  const where = { file };
  const { descr, fortranOrder, shape, start } = parseNpyHeader(bytes, file);
  const order = descr[0] ?? '';
  const element = elements.get(descr.slice(1));
  const isOrdered = order === '<' || order === '>' || (order === '|' && element?.bytes === 1);
  if (element === undefined || !isOrdered)
    throw new LockstepError('BAD_NPY', 'the elements of the array cannot be read', {
      where,
      got: descr,
      wanted: `one of ${[...elements.keys()].join(', ')}`,
      hint: 'Save the array as numbers: array.astype("float32").',
    });
  const length = sizeOf(shape);
  const wanted = start + length * element.bytes;
  if (bytes.length < wanted)
    throw new LockstepError('NPY_TRUNCATED', 'the file ends inside its data', {
      where,
      got: `${bytes.length} bytes`,
      wanted: `${wanted} for shape [${shape.join(', ')}]`,
    });
  if (bytes.length > wanted)
    throw new LockstepError('BAD_NPY', 'the file goes on after its data', {
      where,
      got: `${bytes.length} bytes`,
      wanted: `${wanted} for shape [${shape.join(', ')}]`,
    });
  const { dtype } = element;
  if (plain.has(descr) && !fortranOrder) {
    const values = allocateValues(dtype, length);
    new Uint8Array(values.buffer).set(bytes.subarray(start));
    return { shape, dtype, values };
  }
  const data = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.length - start);
  const positions = fortranOrder ? columnMajorPositions(shape) : range(length);
  return { shape, dtype, values: readValues(data, element, order !== '>', positions, where) };
}

const descrOf = { float32: '<f4', int32: '<i4', uint8: '|u1' } as const satisfies Record<FieldDType, string>;

/**
 * An NPY file of a tensor, as `numpy.load` reads it: version 1.0, little-endian, row-major, the data starting at a
 * multiple of 64 bytes.
 *
 * @throws LockstepError SHAPE_MISMATCH when there are not as many values as the shape says
 */
export function encodeNpy({ shape, dtype, values }: StoredTensor): Uint8Array {
  if (sizeOf(shape) !== values.length)
    throw new LockstepError('SHAPE_MISMATCH', 'the values do not fill the shape', {
      got: `${values.length} values`,
      wanted: `${sizeOf(shape)} for shape [${shape.join(', ')}]`,
    });
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const head = `{'descr': '${descrOf[dtype]}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const start = Math.ceil((10 + head.length + 1) / 64) * 64;
  const bytes = new Uint8Array(start + values.byteLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, (start - 10) & 0xff, (start - 10) >>> 8]);
  bytes.set(new TextEncoder().encode(`${head.padEnd(start - 11)}\n`), 10);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), start);
  return bytes;
}
