import type { ReduceChoice } from '@lockstep/parallel';

/** Ways of combining sums over a mini-batch, as flags name them. */
export const reduceChoices = ['auto', 'fused', 'tree', 'naive'] as const satisfies readonly ReduceChoice[];
