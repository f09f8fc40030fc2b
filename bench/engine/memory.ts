import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Section } from './sections.ts';
import { table } from './statistics.ts';
import { dataRows, Training } from './training.ts';

const steps = 10_000;

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
}

/** Whether a long run keeps its size. */
export const memory: Section = {
  flag: 'memory',
  title: `Memory over ${steps.toLocaleString('en-US')} steps`,
  measure: async ({ networks: [network], log }) => {
    if (network === undefined) return { data: undefined, markdown: 'No such network.' };
    log(`${network.name}, ${steps} steps`);
    const training = await Training.start(network);
    // The first epochs are what the just-in-time compiler and the heap settle in.
    await training.run(4);
    collectGarbage();
    const before = process.memoryUsage();
    await training.run(Math.ceil((steps * network.batch) / dataRows));
    collectGarbage();
    const after = process.memoryUsage();
    await training.stop();
    const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
    const kinds = ['rss', 'heapUsed', 'external'] as const;
    const rows = kinds.map((kind) => [kind, megabytes(before[kind]), megabytes(after[kind])]);
    return {
      data: { network, before, after },
      markdown: `${network.name}, MB, each after a garbage collection.\n\n${table(['', 'at the start', 'at the end'], rows)}`,
    };
  },
};
