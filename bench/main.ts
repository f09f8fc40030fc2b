import { async } from './async.ts';
import { cli } from './cli.ts';
import { engine } from './engine.ts';
import { models } from './models.ts';
import { peers } from './peers.ts';
import { scaling } from './scaling.ts';
import { stream } from './stream.ts';

/** What `pnpm bench <name>` runs; a new one is one line here. */
const benchmarks: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  async,
  cli,
  engine,
  models,
  peers,
  scaling,
  stream,
};

const [name = '', ...args] = process.argv.slice(2);
const benchmark = benchmarks[name];
if (benchmark === undefined) {
  console.error(`usage: pnpm bench ${Object.keys(benchmarks).join('|')} [options]`);
  process.exitCode = 2;
} else await benchmark(args);
