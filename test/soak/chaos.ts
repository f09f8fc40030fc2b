// usage: chaos.ts [RUNS] [SEED] [FIRST]
//
// Trains random runs on threads of which some fail at named points, and compares the bits of the end with those of one
// thread that nothing happened to. Ends with code 1 at the first run that differs, with all that can be found out about it, and
// at once when a run takes too long. Run FIRST of a seed is the same by itself as among the others.
import { isDeepStrictEqual } from 'node:util';
import type { Run, StepEvent } from '@lockstep/core';
import { setWasmFlags } from '@lockstep/core/node';
import { type TrainOptions, train } from '@lockstep/parallel';
import { type Disturbed, diagnose } from './diagnose.ts';
import { type DrawnPoint, drawPoint } from './drawPoints.ts';
import { drawRun } from './drawRun.ts';
import { RandomIntegers } from './randomIntegers.ts';
import { bitsOf, programsOf, trainUndisturbed } from './schedule.ts';
import { Tally } from './tally.ts';

/** Seconds until a rank that makes no step counts as lost. */
const hangSeconds = 2;
/** Seconds that a run may take: it trains for less than one, and recovers from three ranks that hang. */
const mostSeconds = 90;
/** More losses than points: a machine that is busy with something else can make a rank look lost. */
const spareLosses = 5;

const [runs = 200, seed = 1, first = 0] = process.argv.slice(2).map(Number);
const print = (line: string): boolean => process.stdout.write(`${line}\n`);

const tally = new Tally();
const totals = { points: 0, losses: 0, again: 0, longest: 0 };

function stopAt(what: string): never {
  print(`FAILED: ${what}`);
  process.exit(1);
}

async function trainNoting(run: Run, options: TrainOptions): Promise<Disturbed> {
  const [warnings, steps]: [string[], StepEvent[]] = [[], []];
  const result = await train(run, {
    ...options,
    onEvent: (event) => {
      if (event.type === 'warning') warnings.push(event.message);
      if (event.type === 'step') steps.push(event);
    },
  });
  return { result, steps, warnings };
}

async function disturbedRun(number: number): Promise<void> {
  const random = new RandomIntegers(seed * 100_003 + number);
  const run = drawRun(random);
  const workers = random.between(2, 5);
  const reduce = random.pick(['fused', 'tree', 'naive']);
  const copySeconds = random.pick([0, 0, 5]);
  const undisturbed = await trainUndisturbed(run);
  const [firstRow, ...otherRows] = undisturbed.rows;
  if (firstRow === undefined) return stopAt('a run without steps');
  const programs = programsOf(run, workers, reduce);
  const points: readonly DrawnPoint[] = Array.from({ length: random.pick([1, 1, 1, 2, 2, 3]) }, () =>
    drawPoint(random, [firstRow, ...otherRows], { workers, programs }),
  );
  const chaos = points.map(({ point }) => point);
  const described = `run ${number} (${run.name}, batch ${run.batchSize}, ${workers} workers, ${reduce}, copies every ${copySeconds} s, ${JSON.stringify(chaos)})`;
  const watchdog = setTimeout(
    () => stopAt(`${described} took more than ${mostSeconds} s`),
    mostSeconds * 1000,
  );
  const started = performance.now();
  const options = { workers, reduce, copySeconds, hangSeconds };
  const failing = { ...options, chaos, maxLosses: chaos.length + spareLosses };
  const disturbed = await trainNoting(run, failing);
  clearTimeout(watchdog);
  if (!isDeepStrictEqual(bitsOf(disturbed.result), undisturbed.bits)) {
    const lines = await diagnose(disturbed, undisturbed, {
      'one thread': async () => (await trainUndisturbed(run)).bits,
      'threads that do not fail': async () => bitsOf(await train(run, options)),
      'threads that fail as before': async () => bitsOf(await train(run, failing)),
    });
    stopAt(`${described} has other bits\n  ${lines.join('\n  ')}`);
  }
  const losses = disturbed.warnings.filter((message) => message.includes('was lost'));
  if (losses.length < chaos.length)
    stopAt(
      `${described} was to lose ${chaos.length} threads and lost ${losses.length}: ${losses.join('; ')}`,
    );
  for (const { point, place, program } of points)
    tally.add({
      kind: point.kind,
      rank: point.rank,
      place,
      phase: point.phase,
      program,
      'kind and place': `${point.kind} ${place}`,
    });
  tally.add({ run: run.name, workers, reduce, 'points a run': chaos.length });
  totals.points += chaos.length;
  totals.losses += losses.length;
  for (const message of losses) totals.again += Number(/(\d+) steps are made again/.exec(message)?.[1] ?? 0);
  totals.longest = Math.max(totals.longest, (performance.now() - started) / 1000);
}

setWasmFlags({ revectorize: true });
for (let number = first; number < first + runs; number += 1) await disturbedRun(number);
print(`${runs} runs with threads that fail (seed ${seed}), each with the bits of one thread undisturbed`);
print(
  `${totals.points} points, all hit; ${totals.losses} threads lost; ${totals.again} steps made again; the longest run took ${totals.longest.toFixed(1)} s`,
);
for (const line of tally.lines()) print(line);
