import { getCompileCacheDir } from 'node:module';

/**
 * The environment of a new thread: that of this one. If the process keeps a cache of compiled modules the thread uses
 * it too, which it would not do by itself; it is there four times as fast (30 ms for 100, 110 for 450).
 */
export function threadEnvironment(): NodeJS.ProcessEnv {
  const cache = getCompileCacheDir();
  return cache === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: cache };
}
