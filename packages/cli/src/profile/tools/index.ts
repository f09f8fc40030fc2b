import { clinicTool } from './clinic.ts';
import { cpu } from './cpu.ts';
import type { ProfileTool } from './profileTool.ts';
import { trace } from './trace.ts';

export type { ProfileTool } from './profileTool.ts';

/** Every tool; a new one is one line here. */
export const profileTools: readonly ProfileTool[] = [
  cpu,
  trace,
  clinicTool('flame', { isSolo: true }),
  clinicTool('doctor', { isSolo: false }),
  clinicTool('bubbleprof', { isSolo: false }),
];
