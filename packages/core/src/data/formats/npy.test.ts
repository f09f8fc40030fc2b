import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LockstepError } from '../../errors.ts';
import { encodeNpy, parseNpy } from './npy.ts';

const folder = join(import.meta.dirname, '../../../../../test/fixtures/numpy');
const load = (name: string): Uint8Array => new Uint8Array(readFileSync(join(folder, name)));

/** What NumPy says is in each file. */
const arrays: Readonly<
  Record<string, { readonly shape: readonly number[]; readonly values: readonly (number | string)[] }>
> = JSON.parse(readFileSync(join(folder, 'arrays.json'), 'utf8'));

describe('parseNpy', () => {
  it.each(Object.entries(arrays))('reads %s as NumPy does', (name, { shape, values }) => {
    const tensor = parseNpy(load(`${name}.npy`), name);
    expect(tensor.shape).toEqual(shape);
    const wanted = values.map((value) =>
      typeof value === 'number' ? value : Number(value.replace('inf', 'Infinity')),
    );
    expect(Array.from(tensor.values)).toEqual(wanted);
  });

  it('keeps bytes as bytes, makes other integers int32 and floats float32', () => {
    const dtypeOf = (name: string): string => parseNpy(load(`${name}.npy`), name).dtype;
    expect(
      ['bool', 'u1-little', 'i1-little', 'u2-big', 'i8-little', 'f2-big', 'f8-little'].map(dtypeOf),
    ).toEqual(['uint8', 'uint8', 'int32', 'int32', 'int32', 'float32', 'float32']);
  });

  const refused = readdirSync(folder).filter((name) => name.startsWith('refused'));
  it.each(refused)('refuses %s', (name) => {
    expect(() => parseNpy(load(name), name)).toThrow(
      expect.objectContaining({ code: name === 'refused-large.npy' ? 'DTYPE_MISMATCH' : 'BAD_NPY' }),
    );
  });

  it('refuses a zip file, another version, and a file that goes on', () => {
    const whole = load('f4-little.npy');
    expect(() => parseNpy(load('stored.npz'), 'a')).toThrow(/read it as NPZ/);
    const other = Uint8Array.from(whole);
    other[6] = 4;
    expect(() => parseNpy(other, 'a')).toThrow(
      expect.objectContaining({ code: 'BAD_NPY', got: 'version 4' }),
    );
    expect(() => parseNpy(Uint8Array.of(...whole, 0), 'a')).toThrow(/goes on after its data/);
  });

  it('says of every file that is cut off that it is', () => {
    const whole = load('f4-little.npy');
    for (let length = 0; length < whole.length; length++)
      expect(() => parseNpy(whole.subarray(0, length), 'a')).toThrow(
        expect.objectContaining({ code: 'NPY_TRUNCATED' }),
      );
  });

  it('says of an array larger than the file that it is cut off, before memory is taken for it', () => {
    const head = (shape: string): Uint8Array => {
      const text = `{'descr': '<f8', 'fortran_order': False, 'shape': ${shape}, }`;
      return Uint8Array.of(
        0x93,
        0x4e,
        0x55,
        0x4d,
        0x50,
        0x59,
        1,
        0,
        text.length,
        0,
        ...new TextEncoder().encode(text),
      );
    };
    for (const shape of ['(4294967296, 4294967296)', '(1000000000,)', `(${'9'.repeat(40)}L,)`])
      expect(() => parseNpy(head(shape), 'a')).toThrow(expect.objectContaining({ code: 'NPY_TRUNCATED' }));
  });

  it('throws nothing but its own errors, whatever the bytes', () => {
    const files = [load('f4-little.npy'), load('i2-big.npy'), load('column-major.npy')];
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 6 }),
        (file, changes) => {
          const bytes = Uint8Array.from(file);
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          try {
            parseNpy(bytes, 'a');
          } catch (error) {
            expect(error).toBeInstanceOf(LockstepError);
          }
        },
      ),
      { seed: 1, numRuns: 500 },
    );
  });
});

describe('encodeNpy', () => {
  it.each(['f4-little', 'i4-little', 'u1-little', 'scalar', 'empty'])('writes %s as NumPy does', (name) => {
    const wanted = load(`${name}.npy`);
    const bytes = encodeNpy(parseNpy(wanted, name));
    // NumPy keeps room for a longer first axis, as blanks.
    const head = (file: Uint8Array): string =>
      new TextDecoder('latin1').decode(file.subarray(10, file.indexOf(0x0a) + 1)).replace(/ *\n$/, '\n');
    expect(head(bytes)).toBe(head(wanted));
    const start = bytes.indexOf(0x0a) + 1;
    expect(start % 64).toBe(0);
    expect(bytes.subarray(start)).toEqual(wanted.subarray(wanted.indexOf(0x0a) + 1));
  });

  it('refuses values that do not fill the shape', () => {
    expect(() => encodeNpy({ shape: [2, 2], dtype: 'uint8', values: new Uint8Array(3) })).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
    );
  });
});
