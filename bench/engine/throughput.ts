import { flopsPerRow, type Network } from './networks.ts';
import { Peak } from './peak.ts';
import { findPython, installHint, kernelSets, PyTorch, type PyTorchVersions } from './pytorch.ts';
import type { Timing } from './quiet.ts';
import { disturbance, interleave, type Rounds, type Side } from './rounds.ts';
import type { Section, SectionOptions } from './sections.ts';
import { median, spread, table, thousands } from './statistics.ts';
import { dataRows, type Round, Training } from './training.ts';

/** Seconds that a round of ours takes about. */
const roundSeconds = 0.3;

/** What a round came to: samples a second, or flops a second of the micro-kernel. */
interface Paced extends Timing {
  readonly perSecond: number;
  readonly loss: number;
}

interface Comparison {
  readonly network: Network;
  /** The sides: micro-kernel, ours, then PyTorch with each kernel set. */
  readonly measured: Rounds<Paced>;
  readonly versions: readonly PyTorchVersions[];
}

const [peakSide, ourSide, firstPeer] = [0, 1, 2];

const speeds = ({ measured }: Comparison, side: number): number[] =>
  measured.rounds.map((round) => round[side]?.perSecond ?? Number.NaN);

/** The side of PyTorch's better kernel set. */
function bestPeer(comparison: Comparison): number | undefined {
  const peers = comparison.versions.map((_, at) => firstPeer + at);
  return peers.sort((a, b) => median(speeds(comparison, b)) - median(speeds(comparison, a)))[0];
}

function paced(round: Round): Paced {
  const { seconds, cpuSeconds, samples, loss } = round;
  return { seconds, cpuSeconds, perSecond: samples / seconds, loss };
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
  const sides: readonly Side<Paced>[] = [
    {
      name: 'micro-kernel',
      round: () => {
        const { gflops, ...timing } = peak.measure();
        return Promise.resolve({ ...timing, perSecond: gflops * 1e9, loss: Number.NaN });
      },
    },
    { name: 'lockstep', round: async () => paced(await training.run(epochs)) },
    ...trainers.map(({ trainer, versions }) => ({
      name: versions.kernels,
      round: async () => paced(await trainer.run(steps)),
    })),
  ];
  const measured = await interleave(sides, rounds, log);
  for (const { trainer } of trainers) trainer.stop();
  await training.stop();
  return { network, measured, versions: trainers.map(({ versions }) => versions) };
}

function row(comparison: Comparison): string[] {
  const { network, measured, versions } = comparison;
  const ours = speeds(comparison, ourSide);
  const peaks = speeds(comparison, peakSide);
  const flops = ours.map((speed) => speed * flopsPerRow(network));
  const shares = flops.map((value, round) => value / (peaks[round] ?? Number.NaN));
  const gigaflops = (values: readonly number[]): string => (median(values) / 1e9).toFixed(1);
  const loss = (side: number): string =>
    median(measured.rounds.map((round) => round[side]?.loss ?? Number.NaN)).toFixed(3);
  const own = [gigaflops(flops), gigaflops(peaks), `${(100 * median(shares)).toFixed(0)}%`];
  const peer = bestPeer(comparison);
  if (peer === undefined) return [network.name, thousands(median(ours)), '', '', ...own, loss(ourSide)];
  const theirs = speeds(comparison, peer);
  const ratios = ours.map((speed, round) => speed / (theirs[round] ?? Number.NaN));
  return [
    network.name,
    thousands(median(ours)),
    `${thousands(median(theirs))} (${versions[peer - firstPeer]?.kernels ?? ''})`,
    spread(ratios, 2),
    ...own,
    `${loss(ourSide)} / ${loss(peer)}`,
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
      'The peak is that of the product micro-kernel in the first-level cache, measured in the same rounds. Losses are means over a round; each side has its own default initial weights.',
      ...comparisons.map(({ network, measured }) => `${network.name}: ${disturbance(measured)}.`),
    ];
    return {
      data: comparisons,
      markdown: `${table(head, comparisons.map(row))}\n\n${notes.join('\n')}`,
    };
  },
};
