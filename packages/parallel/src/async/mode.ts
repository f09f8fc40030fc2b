import type { SplitOptions } from '@lockstep/core/engine';

/** How workers keep together. Every mode but `sync` is asked for by name; see `docs/modes.md`. */
export type Mode = SyncMode | HogwildMode | StaleMode | ServerMode | LocalMode;

/** All workers make every step together: the bits are those of one worker. */
export interface SyncMode {
  readonly name: 'sync';
}

/** Workers change the shared weights without locks, each by its own mini-batches (Niu et al. 2011). */
export interface HogwildMode {
  readonly name: 'hogwild';
}

/** Hogwild with clocks: no worker is more than `bound` steps ahead of the slowest (Ho et al. 2013). */
export interface StaleMode {
  readonly name: 'stale';
  /** Steps, from 0. Default 4. */
  readonly bound?: number;
}

/** Workers put gradients into a queue; a thread of its own applies them as they come (Dean et al. 2012, "Downpour SGD"). */
export interface ServerMode {
  readonly name: 'server';
  /** Gradients of a worker that may wait to be applied, at most 1024; a worker with so many waits. Default 1. */
  readonly slots?: number;
  /**
   * A gradient that t others were applied before, since its weights were read, counts for 1 / (1 + t) of the learning rate (Zhang
   * et al. 2016). Default false.
   */
  readonly stalenessAware?: boolean;
  /** See {@link SplitOptions}. Default 0. */
  readonly delayCompensation?: number;
}

/**
 * Replicas make `steps` steps each by themselves, then meet: in the mean of their weights (local SGD, Stich 2019), or by a
 * step of Nesterov's momentum towards it (DiLoCo, Douillard et al. 2023). The same bits for any number of workers.
 */
export interface LocalMode {
  readonly name: 'local';
  /** Default 4. */
  readonly replicas?: number;
  /** Default 8. */
  readonly steps?: number;
  /** Of the outer step; 1 with momentum 0 is the mean. Default 1. */
  readonly outerLearningRate?: number;
  /** From 0 to below 1. Default 0. */
  readonly outerMomentum?: number;
}

export type ModeName = Mode['name'];

/** A mode with all its options. */
export type WholeMode<N extends ModeName = ModeName> = {
  [K in N]: Required<Extract<Mode, { name: K }>>;
}[N];

/** How a mode wants a training step compiled: undefined, as one program; otherwise gradients and their use apart. */
export function splitOf(mode: WholeMode, recorded: boolean): SplitOptions | undefined {
  if (mode.name === 'server') {
    const { delayCompensation, stalenessAware } = mode;
    return { delayCompensation, hasShare: stalenessAware };
  }
  if (mode.name === 'stale' || (mode.name === 'hogwild' && recorded)) return {};
  return undefined;
}
