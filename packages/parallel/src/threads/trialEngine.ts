import type {
  Arena,
  BlockLoader,
  Engine,
  PlannedStep,
  PlannedStream,
  RunSteps,
  SegmentBytes,
  StepsResult,
  StopSignal,
} from '@lockstep/core/engine';
import type { ReduceTrial } from './reduceTrial.ts';
import type { ThreadsEngine } from './threadsEngine.ts';
import { variableRange } from './variableCopies.ts';

/** What was found. */
export interface ReduceChosen {
  readonly chosen: 'fused' | 'tree';
  /** Microseconds a step: medians. */
  readonly microseconds: Readonly<Record<'fused' | 'tree', number>>;
}

export interface TrialEngineOptions {
  readonly trial: ReduceTrial;
  /** Where segments start, for any rank. */
  readonly bases: SegmentBytes;
  onChosen(found: ReduceChosen): void;
  /** A clock in milliseconds. */
  readonly now?: () => number;
}

/** Turns of both programs. Times within a turn are compared: what slows one of them down slows the other too. */
const turns = 5;
/** Milliseconds of one program in a turn. */
const turnTime = 10;
/** A tree has to be faster by more than the trial can be wrong. */
const margin = 0.98;

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/**
 * An engine that tries two programs for the training step before the first of them counts, on the ranks and with the data
 * that it will have, and goes on with the faster. The variables are put back after each trial, so no bit is changed.
 */
export class TrialEngine implements Engine {
  readonly #engine: ThreadsEngine;
  readonly #options: TrialEngineOptions;
  readonly #now: () => number;
  readonly #variables: Uint8Array;
  #over = false;

  /** @param engine - has a program for both ways */
  constructor(engine: ThreadsEngine, options: TrialEngineOptions) {
    const { start, length } = variableRange(options.bases);
    this.#engine = engine;
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#variables = new Uint8Array(engine.access.memory.buffer, start, length);
  }

  get access(): Arena {
    return this.#engine.access;
  }

  get workers(): number {
    return this.#engine.workers;
  }

  async prepare(steps: readonly PlannedStep[], signal?: StopSignal): Promise<void> {
    if (this.#over) return;
    const { fused, mostSteps } = this.#options.trial;
    const other = steps.findIndex(({ program }) => program !== fused);
    const most = Math.min(other < 0 ? steps.length : other, Math.floor(mostSteps / (2 * turns)) - 1);
    if (most < 1) return;
    this.#over = true;
    const found = await this.#try(steps.slice(0, most), signal);
    if (found === undefined) return;
    if (found.chosen === 'tree') this.#engine.replace(fused, this.#options.trial.tree);
    this.#options.onChosen(found);
  }

  /** @returns undefined if a row did not come to its end */
  async #try(steps: readonly PlannedStep[], signal?: StopSignal): Promise<ReduceChosen | undefined> {
    const { fused, tree } = this.#options.trial;
    const kept = this.#variables.slice();
    const time = async (program: string, count: number): Promise<number> => {
      const row = steps.slice(0, count).map(({ entry }) => ({ program, entry }));
      const started = this.#now();
      try {
        const { outcome } = await this.#engine.runSteps(row, signal && { signal });
        const elapsed = this.#now() - started;
        return outcome === 'done' ? elapsed / count : Number.NaN;
      } finally {
        this.#variables.set(kept);
      }
    };
    // Code is compiled when it is first called.
    for (const program of [fused, tree]) await time(program, 1);
    const pace = await time(fused, 1);
    const count = Math.max(1, Math.min(steps.length, Math.round(turnTime / pace)));
    const times: { readonly fused: number; readonly tree: number }[] = [];
    for (let turn = 0; turn < turns; turn += 1)
      times.push({ fused: await time(fused, count), tree: await time(tree, count) });
    const ratio = median(times.map((turn) => turn.tree / turn.fused));
    if (Number.isNaN(times.reduce((sum, turn) => sum + turn.fused + turn.tree, pace))) return undefined;
    return {
      chosen: ratio < margin ? 'tree' : 'fused',
      microseconds: {
        fused: 1000 * median(times.map((turn) => turn.fused)),
        tree: 1000 * median(times.map((turn) => turn.tree)),
      },
    };
  }

  async runSteps(steps: readonly PlannedStep[], options: RunSteps = {}): Promise<StepsResult> {
    return await this.#engine.runSteps(steps, options);
  }

  openLoader(stream: PlannedStream): BlockLoader {
    return this.#engine.openLoader(stream);
  }

  close(): Promise<void> {
    return this.#engine.close();
  }
}
