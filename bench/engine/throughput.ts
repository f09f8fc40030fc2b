import { flopsPerRow, type Network } from './networks.ts';
import { Peak } from './peak.ts';
import { findPython, installHint, kernelSets, PyTorch, type PyTorchVersions } from './pytorch.ts';
import { disturbance, interleave, type Rounds, type Side } from './rounds.ts';
import type { Section, SectionOptions } from './sections.ts';
import { median, spread, table, thousands } from './statistics.ts';
import { dataRows, type Round, Training } from './training.ts';

/** Seconds that a round of ours takes about. */
const roundSeconds = 0.3;

interface Comparison {
  readonly network: Network;
  readonly measured: Rounds<Round>;
  /** Of the micro-kernel, before each round of ours. */
  readonly peaks: readonly number[];
  readonly versions: readonly PyTorchVersions[];
}

const speeds = ({ measured }: Comparison, side: number): number[] =>
  measured.rounds.map((round) => (round[side]?.samples ?? 0) / (round[side]?.seconds ?? 1));

/** Position of PyTorch's better kernel set among the sides; ours is 0. */
function bestPeer(comparison: Comparison): number | undefined {
  const peers = comparison.versions.map((_, at) => at + 1);
  return peers.sort((a, b) => median(speeds(comparison, b)) - median(speeds(comparison, a)))[0];
}

async function compare(
  network: Network,
  python: string | undefined,
  { rounds, log }: SectionOptions,
): Promise<Comparison> {
  log(network.name);
  const peak = new Peak();
  const training = await Training.start(network);
  const first = await training.run(1);
  const epochs = Math.max(1, Math.round(roundSeconds / first.seconds));
  const steps = (epochs * dataRows) / network.batch;
  const trainers: Awaited<ReturnType<typeof PyTorch.start>>[] = [];
  for (const kernelSet of python === undefined ? [] : kernelSets)
    trainers.push(await PyTorch.start(python ?? '', kernelSet, network));
  const peaks = new Map<Round, number>();
  const ours: Side<Round> = {
    name: 'lockstep',
    round: async () => {
      const { gflops } = peak.measure();
      const round = await training.run(epochs);
      peaks.set(round, gflops);
      return round;
    },
  };
  const peers = trainers.map(
    ({ trainer, versions }): Side<Round> => ({ name: versions.kernels, round: () => trainer.run(steps) }),
  );
  const measured = await interleave([ours, ...peers], rounds, log);
  for (const { trainer } of trainers) trainer.stop();
  await training.stop();
  return {
    network,
    measured,
    peaks: measured.rounds.map(([round]) => (round && peaks.get(round)) ?? Number.NaN),
    versions: trainers.map(({ versions }) => versions),
  };
}

function row(comparison: Comparison): string[] {
  const { network, measured, peaks } = comparison;
  const ours = speeds(comparison, 0);
  const gflops = ours.map((speed) => (speed * flopsPerRow(network)) / 1e9);
  const shares = gflops.map((value, round) => value / (peaks[round] ?? Number.NaN));
  const peer = bestPeer(comparison);
  const theirs = peer === undefined ? [] : speeds(comparison, peer);
  const ratios = ours.map((speed, round) => speed / (theirs[round] ?? Number.NaN));
  const loss = (side: number | undefined): string =>
    side === undefined ? '' : median(measured.rounds.map((round) => round[side]?.loss ?? 0)).toFixed(3);
  return [
    network.name,
    thousands(median(ours)),
    peer === undefined
      ? ''
      : `${thousands(median(theirs))} (${comparison.versions[peer - 1]?.kernels ?? ''})`,
    peer === undefined ? '' : spread(ratios, 2),
    median(gflops).toFixed(1),
    median(peaks).toFixed(1),
    `${(100 * median(shares)).toFixed(0)}%`,
    `${loss(0)}${peer === undefined ? '' : ` / ${loss(peer)}`}`,
  ];
}

/** Training throughput of one thread beside that of PyTorch with one thread. */
export const throughput: Section = {
  flag: 'throughput',
  title: 'Throughput of one thread',
  measure: async (options) => {
    const python = findPython();
    if (python === undefined) options.log(installHint);
    const comparisons: Comparison[] = [];
    for (const network of options.networks) comparisons.push(await compare(network, python, options));
    const [versions] = comparisons[0]?.versions ?? [];
    const head = [
      'network',
      'samples/s',
      'PyTorch',
      'ratio',
      'GFLOP/s',
      'peak',
      'share',
      'loss (ours / theirs)',
    ];
    const notes = [
      versions === undefined
        ? `${installHint}.`
        : `PyTorch ${versions.torch}, Python ${versions.python}, ${versions.blas}; the faster of its kernel sets.`,
      'Medians, in brackets the smallest and the largest; ratios within a round. FLOPs are those of the matrix products alone.',
      'The peak is that of the product micro-kernel in the first-level cache, measured before each round.',
      ...comparisons.map(({ network, measured }) => `${network.name}: ${disturbance(measured)}.`),
    ];
    return {
      data: comparisons,
      markdown: `${table(head, comparisons.map(row))}\n\n${notes.join('\n')}`,
    };
  },
};
