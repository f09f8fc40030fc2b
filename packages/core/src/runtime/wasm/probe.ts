import { type ProbeKernel, type ProbeKernels, probeFlops, probeKernels } from './probeKernels.ts';

/** How wide tiles of products should be in this process. */
export interface Width {
  /** Use 4 x 16 tiles: they give the same bits as 4 x 8, and their vectors are fused. */
  readonly wide: boolean;
  /** Speed seen with 4 x 8 tiles, 10^9 additions and multiplications a second. */
  readonly narrowGflops: number;
  /** Speed seen with 4 x 16 tiles. */
  readonly wideGflops: number;
}

/**
 * Measured, 4 x 16 over 4 x 8: 108 / 77 = 1.4 where V8 fuses pairs of vectors, and 67 / 62 = 1.1 down to equal while a
 * neighbour keeps the same core's vector units busy; 36 / 54 = 0.67 where it does not fuse. The line lies between the last two, so
 * that a busy moment at the start does not decide for the rest of the run.
 */
const fused = 0.85;
/** A narrow tile takes 1.2 times as long as unread work in baseline code, and 6 times in optimised code. */
const optimised = 3;
/** Rounds of optimised code in a row that are compared: one may be disturbed. */
const compared = 3;
/** Tiles in one timing: 0.1 ms of optimised code, so that a browser's coarse clock can tell kernels apart. */
const tiles = 200;
/** Milliseconds after which optimised code is given up waiting for: it comes after 2, or 10 on a busy machine. */
const limit = 100;

const gflops = (time: number): number => (tiles * probeFlops) / time / 1e6;

function equalBits(a: ProbeKernel, b: ProbeKernel): boolean {
  const wanted = b.bits();
  return a.bits().every((bits, at) => bits === wanted[at]);
}

/**
 * Runs the kernels in turns until there are three rounds of optimised code in a row, and compares the best of them.
 * Rounds of the baseline compiler's code, which comes first, are no evidence: it makes 15 and 18 GFLOP/s of the two
 * kernels whether or not their vectors will be fused.
 *
 * @param now - the clock, in milliseconds
 */
export function chooseWidth(
  { narrow, wide, runUnread }: ProbeKernels,
  now: () => number = () => performance.now(),
): Width {
  const milliseconds = (work: () => void): number => {
    const start = now();
    work();
    return now() - start;
  };
  const started = now();
  let [rounds, narrowTime, wideTime] = [0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  while (rounds < compared && now() - started < limit) {
    const narrowNow = milliseconds(() => narrow.run(tiles));
    const wideNow = milliseconds(() => wide.run(tiles));
    const unreadNow = milliseconds(() => runUnread(tiles));
    const goesOn = rounds > 0;
    rounds = narrowNow > unreadNow * optimised ? rounds + 1 : 0;
    narrowTime = goesOn ? Math.min(narrowTime, narrowNow) : narrowNow;
    wideTime = goesOn ? Math.min(wideTime, wideNow) : wideNow;
  }
  return {
    wide: rounds === compared && wideTime * fused < narrowTime && equalBits(wide, narrow),
    narrowGflops: gflops(narrowTime),
    wideGflops: gflops(wideTime),
  };
}

let known: Width | undefined;

/**
 * Measures once in a process whether 4 x 16 tiles are worth emitting, in about 3 ms. They are where V8 fuses pairs of
 * 128-bit operations: see `setWasmFlags`, which has to be called before.
 */
export function probeWidth(): Width {
  known ??= chooseWidth(probeKernels());
  return known;
}
