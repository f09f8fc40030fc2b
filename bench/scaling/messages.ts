import type { Span } from '@lockstep/parallel';
import type { Network } from '../engine/networks.ts';
import type { Round } from '../engine/training.ts';

/** What a training process is asked, one after the other. */
export type Request =
  | {
      readonly kind: 'start';
      readonly network: Network;
      readonly workers: number;
      readonly rows: number;
      /** Record so many spans of each worker. */
      readonly spans?: number;
    }
  | { readonly kind: 'run'; readonly epochs: number }
  | { readonly kind: 'stop' };

/** What it answers to each. */
export interface Answers {
  readonly start: { readonly kind: 'start' };
  readonly run: { readonly kind: 'run'; readonly round: Round };
  readonly stop: { readonly kind: 'stop'; readonly timelines: readonly (readonly Span[])[] };
}
export type Answer = Answers[keyof Answers] | { readonly kind: 'failed'; readonly message: string };
