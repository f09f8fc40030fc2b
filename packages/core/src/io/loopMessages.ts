import type { EpochSums } from '../train/epochSums.ts';
import type { LoopState } from '../train/runState.ts';
import type { PlainMessage } from './checkpointRecord.ts';
import { fromEpoch, fromStaleness, fromStep, toEpoch, toStaleness, toStep } from './eventMessages.ts';
import type { MessageFields } from './messageFields.ts';

/** Where the loop is, but for its history, which is in records of its own, and the variables of the best epoch. */
export type LoopPosition = Omit<LoopState, 'history' | 'best'>;

const fromSums = ({ rows, loss, metrics, ...sums }: EpochSums): PlainMessage => ({
  rows,
  loss,
  metrics: metrics.map((totals) => ({
    rows: totals.rows,
    sums: totals.sums.map((values) => ({ values })),
  })),
  ...fromStaleness(sums),
});

const toSums = (message: MessageFields): EpochSums => ({
  rows: message.number('rows'),
  loss: message.number('loss'),
  metrics: message.messages('metrics').map((totals) => ({
    rows: totals.number('rows'),
    sums: totals.messages('sums').map((sums) => sums.numbers('values')),
  })),
  ...toStaleness(message),
});

export function fromLoop({ best, due, ...loop }: LoopState): PlainMessage {
  const { epoch, step, stepsMade, sums, stopping, plateau, steering, learningRate } = loop;
  return {
    epoch,
    step,
    stepsMade,
    sums: fromSums(sums),
    stopping,
    plateau,
    steering,
    learningRate,
    ...(best && { bestEpoch: fromEpoch(best.epoch) }),
    ...(due?.type === 'epoch' && { dueEpoch: fromEpoch(due) }),
    ...(due?.type === 'step' && { dueStep: fromStep(due) }),
  };
}

const toMonitor = (message: MessageFields): LoopState['stopping'] => ({
  ...message.optionalNumber('best'),
  waited: message.count('waited'),
});

function toPlateau(message: MessageFields): LoopState['plateau'] {
  return { ...toMonitor(message), cooling: message.count('cooling') };
}

const toSteering = (message: MessageFields): LoopState['steering'] => ({
  factor: message.number('factor'),
  minimum: message.number('minimum'),
  ...message.optionalNumber('learningRate'),
});

export function toLoop(message: MessageFields): LoopPosition {
  return {
    epoch: message.count('epoch'),
    step: message.count('step'),
    stepsMade: message.count('stepsMade'),
    sums: toSums(message.message('sums')),
    stopping: toMonitor(message.message('stopping')),
    plateau: toPlateau(message.message('plateau')),
    steering: toSteering(message.message('steering')),
    learningRate: message.number('learningRate'),
    ...(message.has('dueEpoch') && { due: toEpoch(message.message('dueEpoch')) }),
    ...(message.has('dueStep') && { due: toStep(message.message('dueStep')) }),
  };
}
