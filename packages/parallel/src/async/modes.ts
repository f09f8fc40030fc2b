import type { FreeContext } from './freeContext.ts';
import { hogwild } from './hogwild.ts';
import type { WholeMode } from './mode.ts';
import { server } from './server.ts';
import { stale } from './stale.ts';

/** The modes in which workers make steps without meeting. */
export type FreeMode = WholeMode<'hogwild' | 'stale' | 'server'>;

/** How a mode is run: a file beside this one each. */
export interface FreeModeDefinition<M extends FreeMode> {
  /** Threads besides the workers. */
  readonly helpers: number;
  /** Gradients that a worker may have under way. */
  slots(mode: M): number;
  /** Whether gradients are computed on copies of the weights even where no order is kept. */
  copies(mode: M): boolean;
  /** Makes a thread's part of a row of steps; returns early when the context says so. */
  train(context: FreeContext, mode: M): void;
}

type Definitions = { readonly [N in FreeMode['name']]: FreeModeDefinition<Extract<FreeMode, { name: N }>> };

const definitions: Definitions = { hogwild, stale, server };

/** Modes whose bits follow from an order that can be kept, and replayed. */
export const recordableModes: readonly string[] = Object.keys(definitions);

/** The definition of a mode. */
export function definitionOf<M extends FreeMode>(mode: M): FreeModeDefinition<M> {
  return definitions[mode.name] as FreeModeDefinition<M>;
}
