export type { Heartbeat } from './shared/index.ts';
