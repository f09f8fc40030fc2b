import type { RandomIntegers } from '../soak/randomIntegers.ts';

/** A way to break a file; answers with bytes of its own. */
export type Change = (random: RandomIntegers, bytes: Uint8Array) => Uint8Array;

/** Numbers that a reader may trip over where it expects a length, a count or an offset. */
const extremes = [
  0n,
  1n,
  0x7fn,
  0xffn,
  0x7fffn,
  0xffffn,
  2n ** 31n - 1n,
  2n ** 32n - 1n,
  2n ** 53n,
  2n ** 64n - 1n,
];

const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));

/** A place in the bytes. Every second one is near their beginning: what is there says how to read the rest. */
function placeIn(random: RandomIntegers, { length }: Uint8Array): number {
  return random.below((random.below(2) === 0 ? Math.min(length, 32) : length) + 1);
}

/** A part of the bytes: where it begins and ends. Most are short. */
function slice(random: RandomIntegers, bytes: Uint8Array): readonly [number, number] {
  const { length } = bytes;
  const start = placeIn(random, bytes);
  const longest = random.pick([1, 4, 16, 256, length]);
  return [start, Math.min(length, start + random.below(longest + 1))];
}

function replaceAt(bytes: Uint8Array, at: number, values: Uint8Array): Uint8Array {
  const changed = bytes.slice();
  changed.set(values.subarray(0, Math.max(0, changed.length - at)), at);
  return changed;
}

/** Changes that any file can have. */
export const changes: Readonly<Record<string, Change>> = {
  'bits flipped': (random, bytes) => {
    const changed = bytes.slice();
    for (let count = random.between(1, 4); count > 0; count -= 1) {
      const at = placeIn(random, bytes);
      if (at < changed.length) changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
    }
    return changed;
  },
  'byte set': (random, bytes) => replaceAt(bytes, placeIn(random, bytes), Uint8Array.of(random.below(256))),
  cut: (random, bytes) => bytes.slice(0, random.below(bytes.length + 1)),
  'slice removed': (random, bytes) => {
    const [start, end] = slice(random, bytes);
    return joined(bytes.subarray(0, start), bytes.subarray(end));
  },
  'slice doubled': (random, bytes) => {
    const [start, end] = slice(random, bytes);
    return joined(bytes.subarray(0, end), bytes.subarray(start));
  },
  'slice inserted': (random, bytes) => {
    const [[start, end], at] = [slice(random, bytes), placeIn(random, bytes)];
    return joined(bytes.subarray(0, at), bytes.subarray(start, end), bytes.subarray(at));
  },
  'slice cleared': (random, bytes) => {
    const [start, end] = slice(random, bytes);
    return bytes.slice().fill(random.pick([0, 255, 0x20, 0x22, 0x5b]), start, end);
  },
  'length replaced': (random, bytes) => {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(
      0,
      BigInt.asUintN(64, random.pick([BigInt(bytes.length), ...extremes])),
      random.pick([true, false]),
    );
    const width = random.pick([1, 2, 4, 8]);
    const isLittle = random.pick([true, false]);
    const number = new Uint8Array(view.buffer).slice(isLittle ? 0 : 8 - width, isLittle ? width : 8);
    return replaceAt(bytes, placeIn(random, bytes), number);
  },
  'number replaced': (random, bytes) => {
    const text = Buffer.from(bytes).toString('latin1');
    const numbers = [...text.matchAll(/\d+/g)];
    const number = numbers[random.below(Math.max(1, numbers.length))];
    if (number === undefined) return bytes.slice();
    const other = random.pick([
      '0',
      '-1',
      '1e999',
      'NaN',
      '',
      '99999999999999999999',
      ...extremes.map(String),
    ]);
    const changed = text.slice(0, number.index) + other + text.slice(number.index + number[0].length);
    return Uint8Array.from(Buffer.from(changed, 'latin1'));
  },
};
