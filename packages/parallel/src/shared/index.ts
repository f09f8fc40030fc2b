export type { Abort, AbortReason } from './abort.ts';
export { defaultSpins } from './barrier.ts';
export type { Command, Outcome } from './commands.ts';
export { type CommandEnd, type Copy, type Heartbeat, HostControl } from './hostControl.ts';
export { requestBits } from './layout.ts';
export { aborted } from './machine.ts';
export { RankControl, type RankControlOptions } from './rankControl.ts';
export { type Recovered, type RecoveryActions, recover } from './recover.ts';
