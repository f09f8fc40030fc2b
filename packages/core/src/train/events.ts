import type { Matrix } from '../nn/metrics/index.ts';

/** Metrics of a data set that are numbers, by name. */
export type MetricValues = Readonly<Record<string, number>>;

/** Metrics of a data set that are matrices, by name: a confusion matrix. */
export type MetricTables = Readonly<Record<string, Matrix>>;

/** How workers keep together; see `docs/modes.md`. */
export type RunMode = 'sync' | 'hogwild' | 'stale' | 'server' | 'local';

/** A mode with all of its options, as plain data, always in the same order. */
export type ModeDescription = { readonly name: string } & Readonly<Record<string, string | number | boolean>>;

/** How stale the weights were that a worker's updates were computed from: how many updates of others came in between. */
export interface WorkerStaleness {
  /** That the worker has made. */
  readonly updates: number;
  readonly mean: number;
  readonly max: number;
  /** At position n the number of updates that were n updates late. */
  readonly histogram: readonly number[];
}

/** The run is compiled and its variables have their initial values. */
export interface StartEvent {
  readonly type: 'start';
  readonly name: string;
  readonly workers: number;
  readonly mode: RunMode;
  readonly numerics: 'strict';
  /** Trained numbers. */
  readonly parameters: number;
  readonly lanes: number;
  readonly seed: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly stepsPerEpoch: number;
  readonly rows: number;
  readonly validationRows: number;
  /** How many rows to train on each class has, for targets that are class labels. */
  readonly classCounts: Readonly<Record<string, readonly number[]>>;
  /** Steps that were made before, if the run goes on from a state. */
  readonly resumedAt?: number;
}

/** Progress inside an epoch; comes a few times a second, not for every step. */
export interface StepEvent {
  readonly type: 'step';
  /** Counted from 1. */
  readonly epoch: number;
  /** Steps made since the run began. */
  readonly step: number;
  readonly totalSteps: number;
  /** Of the newest mini-batch. */
  readonly loss: number;
  /** That the newest step was made with; groups of parameters may have others. */
  readonly learningRate: number;
  readonly samplesPerSecond: number;
  /** Share of their time that workers have waited for one another lately, from 0 to 1, if there are several: an estimate. */
  readonly waiting?: number;
}

/** Ways of combining the sums over a mini-batch were tried, at the start of a long run; all of them give the same bits. */
export interface ReduceEvent {
  readonly type: 'reduce';
  /** The one that the run goes on with. */
  readonly chosen: 'fused' | 'tree';
  /** Microseconds a step, of each: medians. */
  readonly microseconds: Readonly<Record<'fused' | 'tree', number>>;
}

/** An epoch is over, validation included. */
export interface EpochEvent {
  readonly type: 'epoch';
  /** Counted from 1. */
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  /** Mean over the rows of the epoch, each taken at the weights its mini-batch found. */
  readonly loss: number;
  readonly metrics: MetricValues;
  /** If there are any. */
  readonly tables?: MetricTables;
  readonly valLoss?: number;
  readonly valMetrics?: MetricValues;
  readonly valTables?: MetricTables;
  /** Of the last step; groups of parameters may have others. */
  readonly learningRate: number;
  /**
   * Of training steps and of waiting for their data, without validation. 0 if none were made: of a run that goes on from a state
   * after the epoch's last step.
   */
  readonly samplesPerSecond: number;
  /** Seconds that steps were waited with for rows to be read, if the rows are streamed. */
  readonly waitingForData?: number;
  /** Of each worker, in modes in which workers do not keep together. */
  readonly staleness?: readonly WorkerStaleness[];
}

/** Euclidean norms of a parameter, or of all of them together. */
export interface Norms {
  /** Of the gradient, before clipping. */
  readonly gradient: number;
  /** Of the weights, as the step found them. */
  readonly weight: number;
}

/** A step was measured; in runs with `norms`. They have the same bits for any number of workers. */
export interface NormsEvent extends Norms {
  readonly type: 'norms';
  /** Counted from 1. */
  readonly epoch: number;
  /** Steps made since the run began, the measured one included. */
  readonly step: number;
  /** Of each trained parameter, by its path. */
  readonly parameters: Readonly<Record<string, Norms>>;
}

/** A checkpoint is on disk and has been read back. */
export interface CheckpointEvent {
  readonly type: 'checkpoint';
  readonly path: string;
  readonly step: number;
}

/** Something a user should know that does not end the run. */
export interface WarningEvent {
  readonly type: 'warning';
  readonly message: string;
}

/** Why a run ended without an error. */
export type StopReason = 'finished' | 'max-steps' | 'early-stopping' | 'converged' | 'callback' | 'aborted';

/** The run is over. `loss` and metrics are those of the epoch whose weights the run ends with. */
export interface DoneEvent {
  readonly type: 'done';
  readonly reason: StopReason;
  readonly epochs: number;
  readonly steps: number;
  readonly loss: number;
  readonly metrics: MetricValues;
  /** If there are any. */
  readonly tables?: MetricTables;
  readonly valLoss?: number;
  readonly valMetrics?: MetricValues;
  readonly valTables?: MetricTables;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly weightsHash: string;
  /** Of the steps since the run was started or resumed; 0 if there were none. */
  readonly samplesPerSecond: number;
  readonly wallSeconds: number;
  /** Of each worker over the whole run, in modes in which workers do not keep together. */
  readonly staleness?: readonly WorkerStaleness[];
}

/** What a run tells the world. Terminal, files and dashboards are listeners; fields may be added, none goes away. */
export type TrainingEvent =
  | StartEvent
  | ReduceEvent
  | StepEvent
  | NormsEvent
  | EpochEvent
  | CheckpointEvent
  | WarningEvent
  | DoneEvent;

export type TrainingListener = (event: TrainingEvent) => void;
