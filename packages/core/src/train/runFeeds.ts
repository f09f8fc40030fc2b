import type { FloatArray } from '../runtime/executor.ts';
import { type DataFeed, openFeed } from './dataFeed.ts';
import type { Engine } from './engine.ts';
import type { RunPlan } from './plan.ts';

/** What brings the rows of a run that are streamed. */
export interface RunFeeds {
  readonly training: DataFeed | undefined;
  readonly validation: DataFeed | undefined;
  close(): Promise<void>;
}

/** Opens what the passes of a run need; to be closed before the engine. */
export function openFeeds(
  { start, shuffle, training, validation }: RunPlan,
  engine: Engine<FloatArray>,
): RunFeeds {
  const { seed, epochs } = start;
  const feeds = {
    training: openFeed(engine, training, { epochs, seed: shuffle ? seed : undefined }),
    validation: validation && openFeed(engine, validation, { epochs }),
  };
  return {
    ...feeds,
    close: async () => {
      await feeds.training?.close();
      await feeds.validation?.close();
    },
  };
}
