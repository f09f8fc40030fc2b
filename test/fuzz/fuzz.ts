import { AssertionError } from 'node:assert';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LockstepError } from '@lockstep/core';
import { RandomIntegers } from '../soak/randomIntegers.ts';
import { Tally } from '../soak/tally.ts';
import { changes } from './changes.ts';
import { type Format, type Sample, usualBound } from './format.ts';
import { peakMemory } from './peakMemory.ts';

export interface FuzzOptions {
  readonly runs: number;
  readonly seed: number;
  /** Number of the first input: each is the same by itself as among the others. */
  readonly first?: number;
  /** That reading a file may take; they have some kilobytes. Default 5000. */
  readonly mostMilliseconds?: number;
  /** Told before each input. */
  onInput?(number: number): void;
}

export interface FuzzResult {
  readonly tally: Tally;
  /** Most bytes of memory that an input took. */
  readonly mostMemory: number;
  /** Most milliseconds that an input took. */
  readonly longest: number;
}

interface Input {
  readonly sample: Sample;
  readonly bytes: Uint8Array;
  /** Names of what was done to the sample. */
  readonly change: string;
  readonly keepsChecksums: boolean;
}

function drawInput({ samples, changes: own = {} }: Format, random: RandomIntegers): Input {
  const sample = samples[random.below(samples.length)];
  if (sample === undefined) throw new Error('a format without samples');
  // Half of the changes are those of the format, if it has some.
  const isOwn = random.below(2) === 0 && Object.keys(own).length > 0;
  const drawn = Object.entries(isOwn ? own : changes);
  let { bytes } = sample;
  const names: string[] = [];
  for (let count = random.pick([1, 1, 1, 2, 3]); count > 0; count -= 1) {
    const [name, change] = drawn[random.below(drawn.length)] ?? [
      '',
      (_: RandomIntegers, same: Uint8Array) => same,
    ];
    bytes = change(random, bytes);
    names.push(name);
  }
  return { sample, bytes, change: [...new Set(names)].sort().join(' + '), keepsChecksums: isOwn };
}

/**
 * Reads broken files of a format: every one has to be read as it can be, or refused with an error of ours, in little time and memory.
 *
 * @throws Error that names the input, and leaves it in a file, at the first that is not
 */
export async function fuzz(format: Format, options: FuzzOptions): Promise<FuzzResult> {
  const { runs, seed, first = 0, mostMilliseconds = 5000, onInput } = options;
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-fuzz-'));
  const tally = new Tally();
  const { bound = usualBound } = format;
  let [mostMemory, longest] = [0, 0];
  for (let number = first; number < first + runs; number += 1) {
    onInput?.(number);
    const random = new RandomIntegers(seed * 1_000_003 + number);
    const { sample, bytes, change, keepsChecksums } = drawInput(format, random);
    const file = join(folder, sample.name);
    writeFileSync(file, bytes);
    const fail = (what: string, cause?: unknown): never => {
      throw new Error(`${format.name}: input ${number} of seed ${seed} (${change}; ${file}) ${what}`, {
        cause,
      });
    };
    let outcome = 'read';
    const started = performance.now();
    const memory = await peakMemory(async () => {
      try {
        await format.read(file, { sample, keepsChecksums });
      } catch (error) {
        if (!(error instanceof LockstepError)) {
          const isWrong = error instanceof AssertionError;
          return fail(isWrong ? `was read wrongly: ${error.message}` : `ended with ${String(error)}`, error);
        }
        outcome = error.code;
        if (!format.codes.includes(error.code)) fail(`ended with ${error.code}: ${error.message}`, error);
      }
    });
    const took = performance.now() - started;
    if (memory > bound(bytes.length)) fail(`of ${bytes.length} bytes took ${memory} bytes of memory`);
    if (took > mostMilliseconds) fail(`took ${took.toFixed(0)} ms`);
    mostMemory = Math.max(mostMemory, memory);
    longest = Math.max(longest, took);
    tally.add({ outcome });
    for (const name of change.split(' + ')) tally.add({ change: name });
  }
  rmSync(folder, { recursive: true });
  return { tally, mostMemory, longest };
}
