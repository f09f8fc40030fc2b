import type {
  DoneEvent,
  EpochEvent,
  Evaluation,
  MetricTables,
  MetricValues,
  ReduceEvent,
  StartEvent,
  WorkerStaleness,
} from '@lockstep/core';

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 12,345 */
export function count(value: number): string {
  return whole.format(value);
}

/** "9,000 samples/s"; nothing of 0, which is of no steps. */
export const speed = (samplesPerSecond: number): readonly string[] =>
  samplesPerSecond === 0 ? [] : [`${count(samplesPerSecond)} samples/s`];

/** 1 lane, 8 lanes */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** Four significant digits: 0.08123, 12.35, 1.235e-7. */
export function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** 0:07, 12:34, 1:02:03. */
export function clock(seconds: number): string {
  const all = Math.round(seconds);
  const [hours, minutes] = [Math.floor(all / 3600), Math.floor(all / 60) % 60];
  const rest = String(all % 60).padStart(2, '0');
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${String(minutes).padStart(2, '0')}:${rest}`;
}

function metrics(values: MetricValues, prefix = ''): string[] {
  return Object.entries(values).map(([name, value]) => `${prefix}${name} ${number(value)}`);
}

/** What is said of a mode that is not the usual one: ", mode stale". */
export const inMode = (mode: string): string => (mode === 'sync' ? '' : `, mode ${mode}`);

export function describeStart(start: StartEvent): string {
  const { name, workers, parameters, rows, validationRows, batchSize, epochs, lanes, seed, mode } = start;
  const from = start.resumedAt === undefined ? '' : `, resumed at step ${count(start.resumedAt)}`;
  const judged = validationRows === 0 ? '' : `, ${count(validationRows)} held out`;
  return `${name}: ${count(parameters)} parameters, ${count(rows)} rows${judged}, ${count(epochs)} epochs of batch ${batchSize}, ${plural(lanes, 'lane')}, ${plural(workers, 'worker')}${inMode(mode)}, seed ${seed}${from}`;
}

export function describeReduce({ chosen, microseconds: { fused, tree } }: ReduceEvent): string {
  return `sums are combined ${chosen}: ${number(fused)} µs a step fused, ${number(tree)} in a tree`;
}

export function describeEpoch(epoch: EpochEvent): string {
  return [
    `epoch ${String(epoch.epoch).padStart(String(epoch.epochs).length)}/${epoch.epochs}`,
    `loss ${number(epoch.loss)}`,
    ...metrics(epoch.metrics),
    ...(epoch.valLoss === undefined ? [] : [`val loss ${number(epoch.valLoss)}`]),
    ...metrics(epoch.valMetrics ?? {}, 'val '),
    ...speed(epoch.samplesPerSecond),
  ].join('  ');
}

const reasons = {
  finished: '',
  'max-steps': ' (stopped at the limit of steps)',
  'early-stopping': ' (stopped early: no more improvement)',
  converged: ' (stopped: the loss does not change any more)',
  callback: ' (stopped by a callback)',
  aborted: ' (interrupted)',
} as const satisfies Record<DoneEvent['reason'], string>;

/** A matrix under its name, its columns aligned at the right. */
function table(name: string, rows: MetricTables[string]): string[] {
  const width = Math.max(...rows.flat().map((value) => number(value).length));
  return [name, ...rows.map((row) => row.map((value) => number(value).padStart(width + 2)).join(''))];
}

/** Loss, metrics and matrices of a data set, as lines. */
export function describeEvaluation({ loss, tables = {}, ...judged }: Evaluation): string[] {
  const matrices = Object.entries(tables).flatMap(([name, rows]) => table(name, rows));
  return [[`loss ${number(loss)}`, ...metrics(judged.metrics)].join('  '), ...matrices];
}

function describeStaleness(workers: readonly WorkerStaleness[]): string {
  const each = workers.map(
    ({ updates, mean, max }, worker) =>
      `worker ${worker}: ${count(updates)} updates, ${number(mean)} late, at most ${count(max)}`,
  );
  return `staleness  ${each.join('; ')}`;
}

/** The result, as lines. */
export function describeDone(done: DoneEvent): string[] {
  const { epochs, steps, wallSeconds, samplesPerSecond, reason } = done;
  return [
    `${count(epochs)} epochs, ${count(steps)} steps in ${[`${number(wallSeconds)} s`, ...speed(samplesPerSecond)].join(', ')}${reasons[reason]}`,
    [`loss ${number(done.loss)}`, ...metrics(done.metrics)].join('  '),
    ...(done.valLoss === undefined
      ? []
      : [
          [`held-out loss ${number(done.valLoss)}`, ...metrics(done.valMetrics ?? {}, 'held-out ')].join(
            '  ',
          ),
        ]),
    ...Object.entries(done.valTables ?? done.tables ?? {}).flatMap(([name, rows]) =>
      table(done.valTables ? `held-out ${name}` : name, rows),
    ),
    ...(done.staleness ? [describeStaleness(done.staleness)] : []),
    `weights ${done.weightsHash}`,
  ];
}
