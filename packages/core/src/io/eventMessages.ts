import type {
  DoneEvent,
  EpochEvent,
  MetricTables,
  MetricValues,
  StepEvent,
  StopReason,
} from '../train/events.ts';
import { type Stale, stalenessOf } from '../train/mergeStaleness.ts';
import type { PlainMessage } from './checkpointRecord.ts';
import type { MessageFields } from './messageFields.ts';

type Judgement = Pick<EpochEvent, 'loss' | 'metrics' | 'tables' | 'valLoss' | 'valMetrics' | 'valTables'>;

const fromTables = (tables: MetricTables): PlainMessage => ({
  tables: Object.fromEntries(
    Object.entries(tables).map(([name, rows]) => [name, { rows: rows.map((values) => ({ values })) }]),
  ),
});

function toTables(message: MessageFields): MetricTables {
  return Object.fromEntries(
    message
      .namedMessages('tables')
      .map(([name, matrix]) => [name, matrix.messages('rows').map((row) => row.numbers('values'))]),
  );
}

const toValues = (message: MessageFields): MetricValues => message.namedNumbers('values');

const fromJudgement = ({
  loss,
  metrics,
  tables,
  valLoss,
  valMetrics,
  valTables,
}: Judgement): PlainMessage => ({
  loss,
  metrics,
  ...(tables && { tables: fromTables(tables) }),
  ...(valLoss === undefined ? {} : { valLoss }),
  ...(valMetrics && { valMetrics: { values: valMetrics } }),
  ...(valTables && { valTables: fromTables(valTables) }),
});

const toJudgement = (message: MessageFields): Judgement => ({
  loss: message.number('loss'),
  metrics: message.namedNumbers('metrics'),
  ...(message.has('tables') && { tables: toTables(message.message('tables')) }),
  ...message.optionalNumber('valLoss'),
  ...(message.has('valMetrics') && { valMetrics: toValues(message.message('valMetrics')) }),
  ...(message.has('valTables') && { valTables: toTables(message.message('valTables')) }),
});

export const fromStaleness = ({ staleness = [] }: Stale): PlainMessage => ({
  staleness: staleness.map(({ histogram }) => ({ histogram })),
});

/** Nothing if it was not measured, or by a version that did not keep it. */
export function toStaleness(message: MessageFields): Pick<EpochEvent, 'staleness'> {
  const workers = message.messages('staleness');
  return workers.length === 0
    ? {}
    : { staleness: workers.map((worker) => stalenessOf(worker.numbers('histogram'))) };
}

export function fromEpoch({ type: _type, epoch, epochs, step, ...event }: EpochEvent): PlainMessage {
  const { learningRate, samplesPerSecond, waitingForData } = event;
  return {
    epoch,
    epochs,
    step,
    judgement: fromJudgement(event),
    learningRate,
    samplesPerSecond,
    ...(waitingForData === undefined ? {} : { waitingForData }),
    ...fromStaleness(event),
  };
}

export function toEpoch(message: MessageFields): EpochEvent {
  return {
    type: 'epoch',
    epoch: message.count('epoch'),
    epochs: message.count('epochs'),
    step: message.count('step'),
    ...toJudgement(message.message('judgement')),
    learningRate: message.number('learningRate'),
    samplesPerSecond: message.number('samplesPerSecond'),
    ...message.optionalNumber('waitingForData'),
    ...toStaleness(message),
  };
}

export function fromStep({ type: _type, ...event }: StepEvent): PlainMessage {
  return event;
}

export function toStep(message: MessageFields): StepEvent {
  return {
    type: 'step',
    epoch: message.count('epoch'),
    step: message.count('step'),
    totalSteps: message.count('totalSteps'),
    loss: message.number('loss'),
    learningRate: message.number('learningRate'),
    samplesPerSecond: message.number('samplesPerSecond'),
  };
}

const reasons = [
  'finished',
  'max-steps',
  'early-stopping',
  'converged',
  'callback',
  'aborted',
] as const satisfies readonly StopReason[];

/** Its staleness is in the epochs and in the loop. */
export function fromDone({ type: _type, reason, epochs, steps, ...event }: DoneEvent): PlainMessage {
  const { weightsHash, samplesPerSecond, wallSeconds } = event;
  return {
    reason,
    epochs,
    steps,
    judgement: fromJudgement(event),
    weightsHash,
    samplesPerSecond,
    wallSeconds,
  };
}

export function toDone(message: MessageFields): DoneEvent {
  return {
    type: 'done',
    reason: message.oneOf('reason', reasons),
    epochs: message.count('epochs'),
    steps: message.count('steps'),
    ...toJudgement(message.message('judgement')),
    weightsHash: message.text('weightsHash'),
    samplesPerSecond: message.number('samplesPerSecond'),
    wallSeconds: message.number('wallSeconds'),
  };
}
