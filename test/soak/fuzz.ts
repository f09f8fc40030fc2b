// usage: fuzz.ts [INPUTS] [SEED] [FORMAT] [FIRST]
//
// Reads broken files of every format, or of the one that is named: each has to be read as it can be, or refused with a typed
// error, in bounded time and memory. Ends with code 1 at the first that is not, which is left in a file. Input FIRST of a seed is
// the same by itself as among the others.
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { formats } from '../fuzz/formats/index.ts';
import { fuzz } from '../fuzz/fuzz.ts';

/** Seconds after which an input counts as hung. */
const mostSeconds = 30;

const [inputs = '100000', seed = '1', only, first = '0'] = process.argv.slice(2);

/** Numbers of the format and of the input that is read, which a thread beside reads when it hangs. */
function watch(): Int32Array {
  const current = new Int32Array(new SharedArrayBuffer(8));
  new Worker(new URL(import.meta.url), { workerData: current }).unref();
  return current;
}

function watchFrom(current: Int32Array): void {
  let [last, since] = ['', performance.now()];
  setInterval(() => {
    const now = current.join();
    if (now !== last) [last, since] = [now, performance.now()];
    if (performance.now() - since < mostSeconds * 1000) return;
    const [format = 0, input = 0] = current;
    process.stderr.write(`FAILED: ${formats[format]?.format.name}: input ${input} of seed ${seed} hangs\n`);
    process.kill(process.pid, 'SIGKILL');
  }, 1000);
}

async function readAll(): Promise<void> {
  const current = watch();
  for (const [at, { format, percent }] of formats.entries()) {
    if (only !== undefined && format.name !== only) continue;
    const runs = only === undefined ? Math.round((Number(inputs) * percent) / 100) : Number(inputs);
    const { tally, mostMemory, longest } = await fuzz(format, {
      runs,
      seed: Number(seed),
      first: Number(first),
      onInput: (number) => {
        current[0] = at;
        current[1] = number;
      },
    });
    process.stdout.write(
      `${format.name}: ${runs} inputs, at most ${(mostMemory / 2 ** 20).toFixed(1)} MiB of memory and ${longest.toFixed(0)} ms each\n${tally.lines().join('\n')}\n`,
    );
  }
}

if (isMainThread) await readAll();
else if (workerData instanceof Int32Array) watchFrom(workerData);
