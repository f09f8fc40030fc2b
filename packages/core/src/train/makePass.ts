import type { FloatArray } from '../runtime/executor.ts';
import type { DataFeed } from './dataFeed.ts';
import type { Engine } from './engine.ts';
import type { PassPlan } from './pass.ts';

/** What brings the rows of a pass, and how often the data set was gone through before. */
export interface FedEpoch {
  readonly feed: DataFeed | undefined;
  readonly epoch: number;
}

/** All rows are in memory. */
export const notFed: FedEpoch = { feed: undefined, epoch: 0 };

/** Makes all steps of a pass whose tables are filled, as its rows come in. */
export async function makePass(
  engine: Engine<FloatArray>,
  { steps }: PassPlan,
  { feed, epoch }: FedEpoch,
): Promise<void> {
  for (let made = 0; made < steps.length; ) {
    const end = feed === undefined ? steps.length : await feed.ready(epoch, made);
    await engine.runSteps(steps.slice(made, end));
    made = end ?? steps.length;
    feed?.passed(epoch, made);
  }
}
