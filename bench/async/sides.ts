import type { Mode } from '@lockstep/parallel';

/** A way to train a run. */
export interface Side {
  readonly mode: Mode;
  readonly workers: number;
  /** One worker takes {@link slowFactor} times as long as it would. */
  readonly slow: boolean;
}

/** How much longer a slow worker takes for what it computes. */
export const slowFactor = 5;
/** Workers of which one is slow. */
export const slowWorkers = 4;

export type AsynchronousName = Exclude<Mode['name'], 'sync'>;
export const asynchronousNames: readonly AsynchronousName[] = ['hogwild', 'stale', 'server', 'local'];

/** Without any, the last loss on digits with 8 replicas was 4 % above that of the synchronous mode; with it 1 %. */
const outerMomentum = 0.5;

/**
 * The mode of this name. A worker of the server has one gradient under way: with two, those of 8 workers are 16 updates late.
 * Local SGD has a replica for each worker and adds up what the replicas have learnt in 8 steps, half of it by momentum; the mean of it would be a
 * synchronous run with as many times fewer steps.
 */
function modeOf(name: Mode['name'], workers: number): Mode {
  if (name === 'server') return { name, slots: 1 };
  if (name === 'local')
    return {
      name,
      replicas: workers,
      steps: 8 / workers,
      outerLearningRate: workers * (1 - outerMomentum),
      outerMomentum,
    };
  return { name };
}

/** Every mode with so many workers, the synchronous one first. */
function everyMode(workers: number, slow: boolean): Side[] {
  return (['sync', ...asynchronousNames] as const).map((name) => ({
    mode: modeOf(name, workers),
    workers,
    slow,
  }));
}

/** What is compared: each with the synchronous side of its number of workers, which comes before it. */
export const sides: readonly Side[] = [
  ...[2, 4, 8].flatMap((workers) => everyMode(workers, false)),
  ...everyMode(slowWorkers, true),
];
