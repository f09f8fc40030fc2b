import { mkdirSync, writeFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { join } from 'node:path';

/** Sample what each thread does. */
export interface CpuProfileOptions {
  /** Where every thread writes a file of its own: `main`, `coordinator`, `rank-0`, ..., `server` in that mode, ending in `.cpuprofile`. Made if there is none. */
  readonly folder: string;
  /** Between two samples, in microseconds. Default 250. */
  readonly interval?: number;
}

/** Ends a recording and writes its file. */
export type FinishProfile = () => void;

const defaultInterval = 250;

/**
 * Samples this thread with V8's profiler from now on. A thread that blocks, as a rank does, can do so too: nothing here waits
 * for an event loop.
 *
 * The file is of V8's kind, which Chrome DevTools and speedscope open, with its times in microseconds since the Unix epoch: the
 * clock that timelines have, the same on every thread.
 *
 * @param name - of the thread; its file has a hyphen where this has a space
 */
export function recordCpuProfile({ folder, interval }: CpuProfileOptions, name: string): FinishProfile {
  // Loaded only here: a rank starts the sooner without it.
  const { Session } = process.getBuiltinModule('node:inspector');
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: interval ?? defaultInterval });
  session.post('Profiler.start');
  return () => {
    const end = Math.round((performance.timeOrigin + performance.now()) * 1000);
    // To a session of its own thread the answer comes before `post` returns.
    session.post('Profiler.stop', (error, { profile }) => {
      if (error !== null) throw error;
      mkdirSync(folder, { recursive: true });
      writeFileSync(
        join(folder, `${name.replace(' ', '-')}.cpuprofile`),
        JSON.stringify(since1970(profile, end)),
      );
    });
    session.disconnect();
  };
}

/** @param end - when the profile ended, on the clock wanted: its own begins anywhere */
function since1970(profile: Profiler.Profile, end: number): Profiler.Profile {
  return { ...profile, startTime: profile.startTime + end - profile.endTime, endTime: end };
}
