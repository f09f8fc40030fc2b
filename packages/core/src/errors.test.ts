import { describe, expect, it } from 'vitest';
import { errorCatalogue, LockstepError } from './errors.ts';

describe('LockstepError', () => {
  it('prints what, where, got and wanted on one line, then the hint', () => {
    const error = new LockstepError('BAD_CSV', 'row is too short', {
      where: { field: 'data.train', file: 'digits.csv', line: 7 },
      got: '63 cells',
      wanted: '65',
      hint: 'Is the last line complete?',
    });
    expect(error.message).toBe(
      'row is too short (at data.train, in digits.csv:7): got 63 cells, wanted 65\n  Is the last line complete?',
    );
  });

  it('leaves out what is not known', () => {
    expect(new LockstepError('INTERNAL', 'stack underflow').message).toBe('stack underflow');
    expect(new LockstepError('SHAPE_MISMATCH', 'bad rank', { where: { op: 'conv2d' } }).message).toBe(
      'bad rank (in op conv2d)',
    );
    expect(new LockstepError('BAD_OPTION', 'bad rate', { got: '-1' }).message).toBe('bad rate: got -1');
    expect(new LockstepError('BAD_OPTION', 'bad rate', { wanted: 'a number above 0' }).message).toBe(
      'bad rate: wanted a number above 0',
    );
  });

  it('carries its parts, its name and its cause for programs to read', () => {
    const cause = new RangeError('inner');
    const error = new LockstepError('DIVERGED', 'loss is not finite', { got: 'NaN', cause });
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('LockstepError');
    expect(error.code).toBe('DIVERGED');
    expect(error.got).toBe('NaN');
    expect(error.wanted).toBeUndefined();
    expect(error.cause).toBe(cause);
    expect('cause' in new LockstepError('DIVERGED', 'loss is not finite')).toBe(false);
  });

  it('maps missing run files to 2, missing data to 3, divergence to 4 and bugs to 1', () => {
    const exitCode = (code: keyof typeof errorCatalogue): number => new LockstepError(code, 'x').exitCode;
    expect(exitCode('RUN_FILE_MISSING')).toBe(2);
    expect(exitCode('OUT_EXISTS')).toBe(2);
    expect(exitCode('DATA_MISSING')).toBe(3);
    expect(exitCode('DIVERGED')).toBe(4);
    expect(exitCode('INTERNAL')).toBe(1);
  });

  it('explains every code in one sentence', () => {
    for (const [code, { meaning }] of Object.entries(errorCatalogue)) {
      expect(meaning, code).toMatch(/^[A-Z].*[^.]\.$/);
    }
  });
});
