import { describe, expect, it } from 'vitest';
import { type Key, philox4x32, philoxExpression, type Words } from './philox.ts';
import { type Primitive, primitives } from './primitives.ts';
import { i32, type Scalar, walk } from './scalar.ts';

/** Philox4x32-10 lines of kat_vectors in the authors' Random123: counter, key, result. */
const knownAnswers: readonly (readonly [Words<number>, Key<number>, Words<number>])[] = [
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
];

function evaluate(root: Scalar): number {
  const values = new Map<Scalar, number>();
  walk([root], (scalar) => {
    if (scalar.kind === 'constant') values.set(scalar, scalar.value);
    if (scalar.kind !== 'primitive') return;
    const { evaluate: apply }: Primitive = primitives[scalar.name];
    values.set(scalar, apply(...scalar.args.map((arg) => values.get(arg)!)));
  });
  return values.get(root)! >>> 0;
}

const constants = ([a, b, c, d]: Words<number>): Words<Scalar> => [i32(a), i32(b), i32(c), i32(d)];

describe('philox', () => {
  it.each(knownAnswers)('gives the published words for %j, %j', (counter, key, expected) => {
    expect(philox4x32(counter, key)).toEqual(expected);
    const words = philoxExpression(constants(counter), [i32(key[0]), i32(key[1])]);
    expect(words.map(evaluate)).toEqual(expected);
  });

  it('has the same words on the host and as an expression', () => {
    let words: Words<number> = [1, 2, 3, 4];
    for (let draw = 0; draw < 200; draw++) {
      const key: Key<number> = [words[1], words[2]];
      const expected = philox4x32(words, key);
      const expression = philoxExpression(constants(words), [i32(key[0]), i32(key[1])]);
      expect(expression.map(evaluate)).toEqual(expected);
      words = expected;
    }
  });

  it('takes words as signed or unsigned integers', () => {
    expect(philox4x32([-1, -1, -1, -1], [-1, -1])).toEqual(knownAnswers[1]?.[2]);
  });
});
