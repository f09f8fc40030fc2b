// usage: kills.ts [KILLS] [SEED]
//
// Trains a run by processes that are killed, or asked to end: in front of calls to the file system, by a rank in a phase of a
// step, and at random moments. Each is resumed by another number of workers, and in the end the bits are those of a run that nothing
// happened to. Ends with code 1 at the first run of which that is not so.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Death, type Life, type LifeEnd, runLives } from '../durability/runLives.ts';
import { RandomIntegers } from './randomIntegers.ts';
import { Tally } from './tally.ts';

/** Most lives of a run that may end early, and most seconds that all of them may take. */
const mostLives = 4;
const mostSeconds = 120;

const [kills = 200, seed = 1] = process.argv.slice(2).map(Number);
const print = (line: string): boolean => process.stdout.write(`${line}\n`);

const folder = mkdtempSync(join(tmpdir(), 'lockstep-kills-'));
const tally = new Tally();
let killed = 0;

async function runIn(name: string, lives: readonly Life[]): Promise<readonly LifeEnd[]> {
  const own = mkdtempSync(join(folder, name));
  const watchdog = setTimeout(() => {
    print(`FAILED: ${JSON.stringify(lives)} took more than ${mostSeconds} s`);
    process.exit(1);
  }, mostSeconds * 1000);
  try {
    return await runLives(own, lives);
  } catch (error) {
    print(`FAILED: ${JSON.stringify(lives)} in ${own}`);
    throw error;
  } finally {
    clearTimeout(watchdog);
  }
}

// What is called when nothing happens: reads aside, which leave nothing behind.
const undisturbed = await runIn('undisturbed-', [{ workers: 2, death: {} }]);
const [{ calls, milliseconds } = { calls: [], milliseconds: 0 }] = undisturbed;
const points = calls.flatMap(({ call, point }) => (call === 'read' ? [] : [point]));
/** Kinds of call, so that those of which there are few are not passed over: `fsync run.json.tmp`. */
const kinds = Map.groupBy(points, (point) => point.replace(/ \d+$/, ''));

function drawCall(random: RandomIntegers): string {
  const [first = [], ...others] = kinds.values();
  // Every second time any one, which most likely is a write.
  const drawn = random.below(2) === 0 ? points : random.pick([first, ...others]);
  return drawn[random.below(drawn.length)] ?? '';
}

function drawDeath(
  random: RandomIntegers,
  workers: number,
): { readonly kind: string; readonly death: Death } {
  const kind = random.pick([
    'call',
    'call',
    'call',
    'rank',
    'rank',
    'SIGKILL',
    'SIGKILL',
    'SIGINT',
    'SIGTERM',
  ]);
  if (kind === 'call') return { kind, death: { call: drawCall(random) } };
  if (kind === 'rank') {
    const phase = random.pick<0 | 1 | 'copy'>([0, 1, 'copy']);
    return { kind, death: { rank: { rank: random.below(workers), step: random.below(10), phase } } };
  }
  const after = Math.round((milliseconds * random.between(0, 100)) / 100);
  return { kind, death: { signal: { name: kind, after } } };
}

function placeOf({ call, rank, signal }: Death): string {
  if (call !== undefined) return `before ${call.replace(/ \d+$/, '')}`;
  if (rank) return `phase ${rank.phase}`;
  return signal?.name ?? '';
}

for (let number = 0; killed < kills; number += 1) {
  const random = new RandomIntegers(seed * 100_043 + number);
  const drawn = Array.from({ length: random.between(1, mostLives) }, () => {
    const workers = random.between(1, 4);
    return { workers, ...drawDeath(random, workers) };
  });
  const ends = await runIn(`run-${number}-`, drawn);
  for (const [at, { how, from }] of ends.entries()) {
    const { kind = '', workers = 0, death = {} } = drawn[at] ?? {};
    tally.add({ end: how, [`kind of those ${how}`]: kind });
    if (how === 'done') continue;
    killed += 1;
    tally.add({ place: placeOf(death), workers, 'went on from step': from });
  }
  tally.add({ 'processes a run': drawn.length + 1 });
}
rmSync(folder, { recursive: true });
print(
  `${killed} processes killed or asked to end (seed ${seed}); each run ended with the bits of one undisturbed`,
);
for (const line of tally.lines()) print(line);
