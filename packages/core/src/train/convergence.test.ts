import { expect, test } from 'vitest';
import { type ConvergenceOptions, hasConverged } from './convergence.ts';
import type { EpochEvent } from './events.ts';

/** The first epoch, counted from 1, after which a run with these losses has converged. */
function convergedAfter(options: ConvergenceOptions, losses: readonly number[]): number | undefined {
  const history = losses.map(
    (loss, at): EpochEvent => ({
      type: 'epoch',
      epoch: at + 1,
      epochs: losses.length,
      step: at + 1,
      loss,
      metrics: { error: 2 * loss },
      learningRate: 0.1,
      samplesPerSecond: 1,
    }),
  );
  return history.find((_, at) => hasConverged(options, history.slice(0, at + 1)))?.epoch;
}

test('a run has converged when its loss stays within the tolerance for as many epochs as it is to be patient', () => {
  expect(convergedAfter({ tolerance: 0.01, patience: 2 }, [8, 4, 2, 1.99, 1.985, 1.97])).toBe(5);
  expect(convergedAfter({ tolerance: 0.01, patience: 1 }, [8, 4, 2, 1.99])).toBe(4);
  expect(convergedAfter({ tolerance: 0.01, patience: 3 }, [8, 4, 2, 1.99, 1.985])).toBeUndefined();
});

test('small steps that add up are no convergence', () => {
  expect(convergedAfter({ tolerance: 0.01, patience: 2 }, [1, 0.994, 0.988, 0.982, 0.976])).toBeUndefined();
});

test('the tolerance is relative, and a loss that rises is a change too', () => {
  expect(convergedAfter({ tolerance: 0.01, patience: 1 }, [1e-6, 0.995e-6])).toBe(2);
  expect(convergedAfter({ tolerance: 0.01, patience: 1 }, [1, 1.1, 1.2])).toBeUndefined();
  expect(convergedAfter({ tolerance: 0, patience: 1 }, [0, 0])).toBe(2);
});

test('another value can be monitored, and NaN has not converged', () => {
  expect(convergedAfter({ monitor: 'error', patience: 1 }, [1, 1])).toBe(2);
  expect(convergedAfter({ patience: 1 }, [Number.NaN, Number.NaN])).toBeUndefined();
  expect(() => convergedAfter({ monitor: 'errr' }, [1, 1])).toThrow('Did you mean "error"?');
});
