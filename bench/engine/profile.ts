import { type Profiler, Session } from 'node:inspector/promises';
import { compile } from '../../packages/core/src/compile/compile.ts';
import type { Kernel } from '../../packages/core/src/compile/program.ts';
import { kernelName } from '../../packages/core/src/kernels/kernelLibrary.ts';
import { loadsOf } from '../../packages/core/src/nest/analysis.ts';
import { trainGraph } from '../../packages/core/src/train/graphs.ts';
import type { Network } from './networks.ts';
import { Peak } from './peak.ts';
import { untilQuiet } from './quiet.ts';
import type { Section } from './sections.ts';
import { table, thousands } from './statistics.ts';
import { runOf, Training } from './training.ts';

/** Where the time of a training step goes. */
interface KernelShare {
  /** Function of the module with the sizes of its axes, or `JavaScript` for all else. */
  readonly name: string;
  /** Of the time of a step. */
  readonly share: number;
  readonly microseconds: number;
  /** 0 for what is no product. */
  readonly gflops: number;
}

const samplingMicroseconds = 100;
const profiledSeconds = 3;
/** Smaller shares are left out of the table. */
const leastShare = 0.002;

/** Additions and multiplications of a product; 0 of anything else. */
function flopsOf({ nest }: Kernel): number {
  const term = nest.reduction?.term;
  const isProduct = term?.kind === 'primitive' && term.name === 'mul' && nest.axes.length === 3;
  return isProduct && loadsOf(nest).length > 1 ? nest.axes.reduce((total, { size }) => total * size, 2) : 0;
}

/** Flops of a step by function: layers of equal shapes share theirs. */
function flopsByName(network: Network): Map<string, number> {
  const { task, train, batchSize, lanes } = runOf(network);
  const { graph } = trainGraph(task, { data: train, batchSize });
  const [program] = compile([{ graph, batchSize, lanes, steps: 1 }]).programs;
  const flops = new Map<string, number>();
  for (const { groups } of program?.phases ?? [])
    for (const kernel of groups.flatMap(({ kernels }) => kernels)) {
      const name = kernelName(kernel.nest);
      flops.set(name, (flops.get(name) ?? 0) + flopsOf(kernel));
    }
  return flops;
}

/** Runs V8's sampling profiler while `work` goes on. */
async function sampled(work: () => Promise<void>): Promise<Profiler.Profile> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: samplingMicroseconds });
  await session.post('Profiler.start');
  await work();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  return profile;
}

/** Share of the samples by function of the module: machine code that a kernel calls is the kernel's. */
function sharesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Map<string, number> {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const kernelOf = (id: number | undefined): string => {
    const frame = id === undefined ? undefined : frames.get(id);
    if (id === undefined || frame === undefined) return 'JavaScript';
    return frame.url.startsWith('wasm:') ? frame.functionName : kernelOf(parents.get(id));
  };
  const total = timeDeltas.reduce((sum, time) => sum + time, 0);
  const shares = new Map<string, number>();
  for (const [at, id] of samples.entries()) {
    const name = kernelOf(id);
    shares.set(name, (shares.get(name) ?? 0) + (timeDeltas[at] ?? 0) / total);
  }
  return shares;
}

async function profileKernels(network: Network): Promise<{
  readonly kernels: readonly KernelShare[];
  readonly samplesPerSecond: number;
}> {
  const training = await Training.start(network);
  const { seconds } = await training.run(1);
  const epochs = Math.max(1, Math.round(profiledSeconds / seconds));
  let samplesPerSecond = 0;
  const profile = await sampled(async () => {
    const round = await training.run(epochs);
    samplesPerSecond = round.samples / round.seconds;
  });
  await training.stop();
  const flops = flopsByName(network);
  const step = (network.batch / samplesPerSecond) * 1e6;
  const kernels = [...sharesOf(profile)]
    .map(([name, share]): KernelShare => {
      const microseconds = share * step;
      return { name, share, microseconds, gflops: (flops.get(name) ?? 0) / microseconds / 1e3 };
    })
    .sort((a, b) => b.share - a.share);
  return { kernels, samplesPerSecond };
}

/** The share of each kernel in a training step. */
export const profile: Section = {
  flag: 'profile',
  title: 'Kernels of a step',
  measure: async ({ networks, log }) => {
    const data: Record<string, unknown> = {};
    const parts: string[] = [];
    for (const network of networks) {
      log(`${network.name}, profiled`);
      await untilQuiet();
      const kernel = new Peak();
      const before = kernel.measure().gflops;
      const { kernels, samplesPerSecond } = await profileKernels(network);
      const peak = (before + kernel.measure().gflops) / 2;
      data[network.name] = { kernels, samplesPerSecond, peak };
      const rows = kernels
        .filter(({ share }) => share >= leastShare)
        .map(({ name, share, microseconds, gflops }) => [
          name,
          `${(100 * share).toFixed(1)}%`,
          microseconds.toFixed(1),
          gflops === 0 ? '' : gflops.toFixed(1),
          gflops === 0 ? '' : `${((100 * gflops) / peak).toFixed(0)}%`,
        ]);
      const head = ['kernel', 'share', 'µs a step', 'GFLOP/s', 'of peak'];
      parts.push(
        `${network.name}: ${thousands(samplesPerSecond)} samples/s under the profiler, micro-kernel ${peak.toFixed(1)} GFLOP/s before and after.\n\n${table(head, rows)}`,
      );
    }
    return { data, markdown: parts.join('\n\n') };
  },
};
