import type { Network } from '../engine/networks.ts';
import type { Timing } from '../engine/quiet.ts';
import { interleave, type Rounds } from '../engine/rounds.ts';
import { median } from '../engine/statistics.ts';
import { Trainer } from './trainer.ts';

/** Seconds that a round of each side takes at least. */
const roundSeconds = 0.3;

/** Numbers of workers that are compared. */
export const workerCounts = [1, 2, 3, 4, 8] as const;

export interface Rate extends Timing {
  /** Samples a second. */
  readonly rate: number;
}

/** Rounds of every number of workers, in the order of {@link workerCounts}, and of two processes of one worker each. */
export interface Throughput {
  readonly measured: Rounds<Rate>;
}

const independent = workerCounts.length;

/** Trains some epochs in each process at once: the sum of their speeds. */
async function together(trainers: readonly Trainer[], epochs: number): Promise<Rate> {
  const start = performance.now();
  const rounds = await Promise.all(trainers.map((trainer) => trainer.run(epochs)));
  return {
    seconds: (performance.now() - start) / 1000,
    cpuSeconds: rounds.reduce((total, { cpuSeconds }) => total + cpuSeconds, 0),
    rate: rounds.reduce((total, { samples, seconds }) => total + samples / seconds, 0),
  };
}

/** Measures all sides in turns. */
export async function measureThroughput(
  network: Network,
  rounds: number,
  log: (line: string) => void,
): Promise<Throughput> {
  log(`${network.name}: ${workerCounts.join(', ')} workers, and twice 1`);
  const trainers: Trainer[] = [];
  for (const workers of workerCounts) trainers.push(await Trainer.start(network, { workers }));
  const other = await Trainer.start(network, { workers: 1 });
  const crews = [...trainers.map((trainer) => [trainer]), [...trainers.slice(0, 1), other]];
  const seconds: number[] = [];
  for (const crew of crews) seconds.push((await together(crew, 1)).seconds);
  const sides = crews.map((crew, at) => {
    const epochs = Math.max(1, Math.round(roundSeconds / (seconds[at] ?? roundSeconds)));
    return { name: `${at}`, round: () => together(crew, epochs) };
  });
  const measured = await interleave(sides, rounds, log);
  for (const trainer of [...trainers, other]) await trainer.stop();
  return { measured };
}

/** Samples a second in each round. */
export function ratesOf(
  { measured }: Throughput,
  workers: (typeof workerCounts)[number] | 'independent',
): number[] {
  const side = workers === 'independent' ? independent : workerCounts.indexOf(workers);
  return measured.rounds.map((round) => round[side]?.rate ?? Number.NaN);
}

type Sides = Parameters<typeof ratesOf>[1];

/** Speed of one side relative to another, in each round. */
export function ratios(throughput: Throughput, of: Sides, to: Sides): number[] {
  const base = ratesOf(throughput, to);
  return ratesOf(throughput, of).map((rate, round) => rate / (base[round] ?? Number.NaN));
}

/**
 * How much slower a core is while the others work too: the speed of one worker alone over that of one of two independent
 * processes.
 */
export function contentionOf(throughput: Throughput): number {
  return 2 / median(ratios(throughput, 'independent', 1));
}
