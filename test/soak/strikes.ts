// usage: strikes.ts [RUNS] [SEED]
//
// Trains random runs on threads that are terminated at random moments, wherever they are just then: in a kernel, in a
// barrier, while they start. Compares the bits of the end with those of one thread that nothing happened to.
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { fit, type StepEvent } from '@lockstep/core';
import { setWasmFlags } from '@lockstep/core/node';
import { threadsEngine } from '@lockstep/parallel';
import { diagnose } from './diagnose.ts';
import { drawRun } from './drawRun.ts';
import { RandomIntegers } from './randomIntegers.ts';
import { bitsOf, trainUndisturbed } from './schedule.ts';
import { Tally } from './tally.ts';

/** Terminations that a run may see, and the most milliseconds between two of them. */
const mostStrikes = 4;
const longestPause = 200;
const hangSeconds = 3;
const mostSeconds = 90;

// A thread that is terminated while it loads koffi takes the process along: N-API throws where there is nobody left to catch.
process.env['LOCKSTEP_MACHINE_CODE'] = '0';

const [runs = 100, seed = 1] = process.argv.slice(2).map(Number);
const print = (line: string): boolean => process.stdout.write(`${line}\n`);

/** Threads of this process that have not exited: the ranks of the run that is made. */
const threads = new Set<Worker>();
process.on('worker', (thread) => {
  threads.add(thread);
  thread.once('exit', () => threads.delete(thread));
});

const tally = new Tally();
const totals = { losses: 0, again: 0, longest: 0 };

function stopAt(what: string): never {
  print(`FAILED: ${what}`);
  process.exit(1);
}

/** Terminates threads now and then until the run is over. */
async function strike(random: RandomIntegers, { signal }: AbortController): Promise<number> {
  let strikes = 0;
  while (strikes < mostStrikes) {
    await sleep(random.between(1, longestPause), undefined, { signal }).catch(() => {});
    if (signal.aborted) return strikes;
    const [first, ...others] = threads;
    if (first === undefined) continue;
    void random.pick([first, ...others]).terminate();
    strikes += 1;
  }
  return strikes;
}

async function struckRun(number: number): Promise<void> {
  const random = new RandomIntegers(seed * 100_019 + number);
  const run = drawRun(random);
  const workers = random.between(2, 5);
  const reduce = random.pick(['fused', 'tree', 'naive']);
  const copySeconds = random.pick([0, 5]);
  const undisturbed = await trainUndisturbed(run);
  const described = `run ${number} (${run.name}, batch ${run.batchSize}, ${workers} workers, ${reduce}, copies every ${copySeconds} s)`;
  const watchdog = setTimeout(
    () => stopAt(`${described} took more than ${mostSeconds} s`),
    mostSeconds * 1000,
  );
  const [warnings, steps]: [string[], StepEvent[]] = [[], []];
  const options = { workers, reduce, copySeconds, hangSeconds };
  const over = new AbortController();
  const started = performance.now();
  const striking = strike(random, over);
  const result = await fit(run, {
    engine: threadsEngine({
      ...options,
      maxLosses: 10 * mostStrikes,
      onWarning: (message) => warnings.push(message),
    }),
    onEvent: (event) => {
      if (event.type === 'step') steps.push(event);
    },
  });
  over.abort();
  const strikes = await striking;
  clearTimeout(watchdog);
  if (!isDeepStrictEqual(bitsOf(result), undisturbed.bits)) {
    const lines = await diagnose({ result, steps, warnings }, undisturbed, {
      'one thread': async () => (await trainUndisturbed(run)).bits,
      'threads that nobody ends': async () => bitsOf(await fit(run, { engine: threadsEngine(options) })),
    });
    stopAt(`${described} has other bits\n  ${lines.join('\n  ')}`);
  }
  tally.add({ run: run.name, workers, reduce, 'strikes a run': strikes });
  const losses = warnings.filter((message) => message.includes('was lost'));
  totals.losses += losses.length;
  for (const message of losses) totals.again += Number(/(\d+) steps are made again/.exec(message)?.[1] ?? 0);
  totals.longest = Math.max(totals.longest, (performance.now() - started) / 1000);
}

setWasmFlags({ revectorize: true });
for (let number = 0; number < runs; number += 1) await struckRun(number);
print(
  `${runs} runs with threads that are terminated at random moments (seed ${seed}), each with the bits of one thread undisturbed`,
);
print(
  `${totals.losses} threads lost in a run; ${totals.again} steps made again; the longest run took ${totals.longest.toFixed(1)} s`,
);
for (const line of tally.lines()) print(line);
