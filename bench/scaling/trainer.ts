import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Span } from '@lockstep/parallel';
import type { Network } from '../engine/networks.ts';
import type { Round } from '../engine/training.ts';
import type { Answer, Answers, Request } from './messages.ts';

/** Rows of the data set: 51 MB of inputs, more than the caches of the machines this is run on. */
export const trainerRows = 16_384;

const script = join(import.meta.dirname, 'trainerProcess.ts');

export interface TrainerOptions {
  readonly workers: number;
  /** Record so many spans of each worker. Default: none. */
  readonly spans?: number;
}

/** A process of its own that trains a network on worker threads. Between its rounds it sleeps. */
export class Trainer {
  readonly #process: ChildProcess = fork(script, { serialization: 'advanced' });

  /** Compiles the run and makes its first epoch. */
  static async start(network: Network, options: TrainerOptions): Promise<Trainer> {
    const trainer = new Trainer();
    await trainer.#ask({ kind: 'start', network, rows: trainerRows, ...options });
    return trainer;
  }

  async run(epochs: number): Promise<Round> {
    return (await this.#ask({ kind: 'run', epochs })).round;
  }

  /** Ends the process; returns the newest spans of each worker. */
  async stop(): Promise<readonly (readonly Span[])[]> {
    const { timelines } = await this.#ask({ kind: 'stop' });
    this.#process.disconnect();
    return timelines;
  }

  async #ask<K extends keyof Answers>(request: Request & { readonly kind: K }): Promise<Answers[K]> {
    const over = new AbortController();
    try {
      const { signal } = over;
      const answered = once(this.#process, 'message', { signal });
      const exited = once(this.#process, 'exit', { signal }).then((): Answer[] => [
        { kind: 'failed', message: 'the process ended' },
      ]);
      this.#process.send(request);
      const [answer]: Answer[] = await Promise.race([answered, exited]);
      if (answer === undefined || !isAnswerTo(request.kind, answer))
        throw new Error(`training process: ${answer?.kind === 'failed' ? answer.message : 'another answer'}`);
      return answer;
    } finally {
      over.abort();
    }
  }
}

function isAnswerTo<K extends keyof Answers>(kind: K, answer: Answer): answer is Answer & Answers[K] {
  return answer.kind === kind;
}
