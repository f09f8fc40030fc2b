import type { Network } from '../engine/networks.ts';
import { interleave, type Rounds } from '../engine/rounds.ts';
import { median } from '../engine/statistics.ts';
import type { Round } from '../engine/training.ts';
import { type Peer, startLockstep, startPyTorch } from './sides.ts';

/** Seconds that a round of each side takes at least. */
const roundSeconds = 0.4;

/** Ours is the first of the sides. */
export interface Comparison {
  readonly network: Network;
  readonly names: readonly string[];
  readonly measured: Rounds<Round>;
  /** Of PyTorch. */
  readonly versions: string;
}

/** As many passes over the data as fill a round; the first pass of a process is slower and does not count. */
async function epochsOf({ run }: Peer): Promise<number> {
  await run(1);
  const { seconds } = await run(1);
  return Math.max(1, Math.round(roundSeconds / seconds));
}

/** Trains the network with all sides in turns. */
export async function compare(
  network: Network,
  python: string,
  rounds: number,
  log: (line: string) => void,
): Promise<Comparison> {
  log(network.name);
  const ours = await startLockstep(network);
  const { peers, versions } = await startPyTorch(network, python);
  const all = [ours, ...peers];
  const sides: { name: string; round: () => Promise<Round> }[] = [];
  for (const peer of all) {
    const epochs = await epochsOf(peer);
    sides.push({ name: peer.name, round: () => peer.run(epochs) });
  }
  const measured = await interleave(sides, rounds, log);
  for (const peer of all) await peer.stop();
  return { network, names: all.map(({ name }) => name), measured, versions };
}

/** Samples a second of a side in each round. */
export function speeds({ measured }: Comparison, side: number): number[] {
  return measured.rounds.map((round) => (round[side]?.samples ?? Number.NaN) / (round[side]?.seconds ?? 1));
}

/** The fastest of the others. */
export function bestPeer(comparison: Comparison): number {
  const others = comparison.names.map((_, side) => side).slice(1);
  const [best] = others.toSorted((a, b) => median(speeds(comparison, b)) - median(speeds(comparison, a)));
  if (best === undefined) throw new Error('there is nothing to compare with');
  return best;
}

/** Our speed relative to that of another side, in each round. */
export function ratiosTo(comparison: Comparison, side: number): number[] {
  const theirs = speeds(comparison, side);
  return speeds(comparison, 0).map((speed, round) => speed / (theirs[round] ?? Number.NaN));
}
