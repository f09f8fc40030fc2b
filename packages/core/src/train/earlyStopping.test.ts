import { describe, expect, it } from 'vitest';
import { type EarlyStoppingOptions, stopsEarly } from './earlyStopping.ts';
import type { EpochEvent } from './events.ts';
import { judgeEpoch, type MonitorState } from './monitor.ts';

const epoch = (loss: number, more: Partial<EpochEvent> = {}): EpochEvent => ({
  type: 'epoch',
  epoch: 1,
  epochs: 10,
  step: 1,
  loss,
  metrics: {},
  learningRate: 0.1,
  samplesPerSecond: 1,
  ...more,
});

/** `+` for an epoch that improved, `-` for one that did not, `!` for the one that ended the run. */
const judge = (options: EarlyStoppingOptions, epochs: readonly EpochEvent[]): string => {
  let state: MonitorState = { waited: 0 };
  return epochs
    .map((event) => {
      const verdict = judgeEpoch('run.earlyStopping', options, state, event);
      state = verdict.state;
      if (stopsEarly(options, state)) return '!';
      return verdict.improved ? '+' : '-';
    })
    .join('');
};

const losses = (...values: number[]): EpochEvent[] => values.map((value) => epoch(value));

describe('early stopping', () => {
  it('stops after `patience` epochs in a row without improvement', () => {
    expect(judge({ patience: 2 }, losses(5, 4, 4, 3, 3.5, 3))).toBe('++-+-!');
    expect(judge({}, losses(5, 4, 4))).toBe('++!');
  });

  it('counts only changes larger than minDelta, from the best value so far', () => {
    expect(judge({ patience: 3, minDelta: 1 }, losses(5, 4.5, 4, 3.9))).toBe('+--+');
  });

  it('takes no NaN for an improvement', () => {
    expect(judge({ patience: 2 }, losses(Number.NaN, 3, Number.NaN, Number.NaN))).toBe('-+-!');
  });

  it('prefers the validation loss, and takes accuracies for better when larger', () => {
    expect(judge({}, [epoch(1, { valLoss: 2 }), epoch(3, { valLoss: 1 })])).toBe('++');
    const rising = [0.5, 0.7].map((accuracy) => epoch(1, { valMetrics: { accuracy } }));
    expect(judge({ monitor: 'val.accuracy' }, rising)).toBe('++');
    expect(judge({ monitor: 'val.accuracy', mode: 'min' }, rising)).toBe('+!');
    for (const metric of ['auc', 'f1', 'precision', 'recall', 'r2', 'topKAccuracy'])
      expect(
        judge(
          { monitor: metric },
          [0.5, 0.7].map((value) => epoch(1, { metrics: { [metric]: value } })),
        ),
      ).toBe('++');
  });

  it('refuses a monitor that is not there', () => {
    expect(() => judge({ monitor: 'val.acuracy' }, [epoch(1, { valMetrics: { accuracy: 1 } })])).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_OPTION', hint: 'Did you mean "val.accuracy"?' }),
    );
  });
});
