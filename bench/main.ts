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

/** What `parseArgs` throws for a flag that a benchmark does not know, or one without its value. */
const isWrongFlag = (error: unknown): error is Error =>
  error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');

const [name = '', ...args] = process.argv.slice(2);
const benchmark = benchmarks[name];
if (benchmark === undefined) {
  console.error(`usage: pnpm bench ${Object.keys(benchmarks).join('|')} [options]`);
  process.exitCode = 2;
} else
  try {
    await benchmark(args);
  } catch (error) {
    if (!isWrongFlag(error)) throw error;
    console.error(`pnpm bench ${name}: ${error.message}. bench/README.md has its options.`);
    process.exitCode = 2;
  }
