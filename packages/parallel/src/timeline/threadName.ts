/**
 * What a thread of a run is called: `rank 0`, `rank 1`, ...
 *
 * @param workers - threads that compute gradients; one more, of a mode that has it, is the `server`
 */
export function threadName(rank: number, workers: number): string {
  return rank < workers ? `rank ${rank}` : 'server';
}
