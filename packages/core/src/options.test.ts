import { expect, test } from 'vitest';
import { LockstepError } from './errors.ts';
import { belowOne, checkOptions, flag, positive, positiveInteger, required } from './options.ts';

interface Options {
  rate: number;
  decay?: number;
  steps?: number;
  fast?: boolean;
}

const rules = { rate: required(positive), decay: belowOne, steps: positiveInteger, fast: flag };

function errorOf(options: object): LockstepError {
  try {
    checkOptions('thing', options as Options, rules);
  } catch (error) {
    if (error instanceof LockstepError) return error;
  }
  throw new Error('nothing was thrown');
}

test('options that keep their rules pass, optional ones may be absent', () => {
  checkOptions<Options>('thing', { rate: 0.1, decay: 0, steps: 3, fast: false }, rules);
  checkOptions<Options>('thing', { rate: 1 }, rules);
});

test('an option without a rule is named, with the nearest one', () => {
  const error = errorOf({ rate: 1, deacy: 0.5 });
  expect(error.code).toBe('UNKNOWN_OPTION');
  expect(error.message).toBe('there is no option "deacy" (at thing)\n  Did you mean "decay"?');
});

test.each([
  [{ rate: 0 }, 'thing.rate', '0'],
  [{ rate: Number.NaN }, 'thing.rate', 'NaN'],
  [{ rate: Number.POSITIVE_INFINITY }, 'thing.rate', 'Infinity'],
  [{ rate: '1' }, 'thing.rate', '"1"'],
  [{ rate: 1, decay: 1 }, 'thing.decay', '1'],
  [{ rate: 1, decay: -0.1 }, 'thing.decay', '-0.1'],
  [{ rate: 1, steps: 1.5 }, 'thing.steps', '1.5'],
  [{ rate: 1, fast: 1 }, 'thing.fast', '1'],
  [{ rate: [1, 2] }, 'thing.rate', 'an array of 2'],
])('a value that is not allowed is refused: %j', (options, field, got) => {
  const error = errorOf(options);
  expect(error.code).toBe('BAD_OPTION');
  expect(error.where.field).toBe(field);
  expect(error.got).toBe(got);
});

test('a required option that is missing is named', () => {
  const error = errorOf({});
  expect(error.code).toBe('BAD_OPTION');
  expect(error.where.field).toBe('thing.rate');
});
