import { expect, test } from 'vitest';
import { LockstepError } from './errors.ts';
import { lookUp, nearestName } from './nameLookup.ts';

const table = { relu: 1, sigmoid: 2, tanh: 3 };

function errorOf(name: string): LockstepError {
  try {
    lookUp('activation', table, name, { field: 'dense.activation' });
  } catch (error) {
    if (error instanceof LockstepError) return error;
  }
  throw new Error('nothing was thrown');
}

test('a name in the table gives its entry', () => {
  expect(lookUp('activation', table, 'sigmoid')).toBe(2);
});

test('a misspelt name is answered with the nearest one', () => {
  const error = errorOf('sigmiod');
  expect(error.code).toBe('UNKNOWN_OPTION');
  expect(error.message).toBe(
    'there is no activation "sigmiod" (at dense.activation)\n  Did you mean "sigmoid"?',
  );
});

test('a name that resembles none is answered with all of them', () => {
  expect(errorOf('mish-activation').hint).toBe('There are: relu, sigmoid, tanh.');
});

test('what every object inherits is not an entry', () => {
  expect(errorOf('constructor').code).toBe('UNKNOWN_OPTION');
});

test('a name in other letters, or in another order of them, is nearer than any other', () => {
  expect(nearestName('TANH', ['tan', 'tanh'])).toBe('tanh');
  expect(nearestName('rnu.ts', ['enu.ts', 'run.ts'])).toBe('run.ts');
  expect(nearestName('gelu', ['sigmoid', 'softmax'])).toBeUndefined();
});
