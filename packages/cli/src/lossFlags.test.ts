import { Command } from 'commander';
import { expect, it } from 'vitest';
import { addLossFlags, lossOptions } from './lossFlags.ts';

const parse = (...args: readonly string[]): ReturnType<typeof lossOptions> => {
  const command = addLossFlags(new Command().exitOverride().configureOutput({ writeErr: () => {} }));
  return lossOptions(command.parse(args, { from: 'user' }).opts());
};

it('leaves what is not said to the defaults', () => {
  expect(parse()).toEqual({});
  expect(parse('--max-losses', '0', '--hang-seconds', '0.5', '--copy-seconds', '0')).toEqual({
    maxLosses: 0,
    hangSeconds: 0.5,
    copySeconds: 0,
  });
});

it.each([
  ['--max-losses', '-1'],
  ['--max-losses', '1.5'],
  ['--hang-seconds', '0'],
  ['--copy-seconds', '-1'],
  ['--copy-seconds', 'soon'],
])('refuses %s %s', (flag, value) => {
  expect(() => parse(flag, value)).toThrow(`argument '${value}' is invalid`);
});
