import { cacheLine } from './localLayout.ts';
import type { LocalProgram, MeetingSpan } from './localTask.ts';

const floatBytes = 4;
/** Elements that are combined at a time: 8 KiB, so that sums stay in the first cache. */
const block = 2048;

/** The part of the spans that is one rank's share of all bytes, by cache lines. */
function shareOf(spans: readonly MeetingSpan[], rank: number, size: number): readonly MeetingSpan[] {
  const lines = (spans.at(-1)?.end ?? 0) / cacheLine;
  const start = Math.floor((lines * rank) / size) * cacheLine;
  const stop = Math.floor((lines * (rank + 1)) / size) * cacheLine;
  return spans
    .map(({ from, end, outer }) => ({ from: Math.max(from, start), end: Math.min(end, stop), outer }))
    .filter(({ from, end }) => from < end);
}

/**
 * One rank's share of what happens when R replicas x(0), ... x(R - 1) meet in the master m. Element by element, in float32,
 * every operation rounded:
 *
 * ```
 * mean = x(0) + (((x(1) - x(0)) + (x(2) - x(0))) + ...) / R
 * ```
 *
 * so that what no replica has changed, or all alike, keeps its bits, and one replica is its own mean. For trained parameters and
 * what is derived from them, d being `outerLearningRate` and u the momentum, which starts at 0:
 *
 * ```
 * g = mean - m;  u = outerMomentum u + g;  m = m + d (g + outerMomentum u)
 * ```
 *
 * which is SGD with Nesterov's momentum for the outer gradient -g (DiLoCo, Douillard et al. 2023, algorithm 1; the momentum
 * as in Sutskever et al. 2013, in PyTorch's form). Without momentum m = m + d g; if d is 1 as well, m = mean. All else becomes the mean.
 */
export class Meeting {
  readonly #floats: Float32Array;
  readonly #bytes: Uint8Array;
  readonly #local: LocalProgram;
  readonly #share: readonly MeetingSpan[];
  readonly #momentumOf: number;
  readonly #mean = new Float32Array(block);

  constructor(memory: WebAssembly.Memory, local: LocalProgram, rank: number) {
    this.#floats = new Float32Array(memory.buffer);
    this.#bytes = new Uint8Array(memory.buffer);
    this.#local = local;
    this.#share = shareOf(local.spans, rank, local.threads);
    this.#momentumOf = (local.momentum - local.layout.variables.start) / floatBytes;
  }

  /** Combines all replicas in the master. The other ranks do it with their shares at the same time. */
  meet(): void {
    const { layout, outerMomentum, outerLearningRate } = this.#local;
    const master = layout.variables.start / floatBytes;
    const isMean = outerMomentum === 0 && outerLearningRate === 1;
    for (const { from, end, outer } of this.#share) {
      const stop = end / floatBytes;
      for (let at = from / floatBytes; at < stop; at += block) {
        const count = Math.min(block, stop - at);
        this.#average(at, count);
        if (!outer || isMean) this.#floats.set(this.#mean.subarray(0, count), master + at);
        else if (outerMomentum === 0) this.#step(master + at, count);
        else this.#momentumStep(master + at, count);
      }
    }
  }

  /** Puts this rank's share of one replica into the master. */
  adopt(replica: number): void {
    const { variables, replicas } = this.#local.layout;
    const from = replicas[replica] ?? 0;
    for (const span of this.#share)
      this.#bytes.copyWithin(variables.start + span.from, from + span.from, from + span.end);
  }

  #average(at: number, count: number): void {
    const { replicas } = this.#local.layout;
    const floats = this.#floats;
    const mean = this.#mean;
    const first = (replicas[0] ?? 0) / floatBytes + at;
    mean.fill(0, 0, count);
    for (let replica = 1; replica < replicas.length; replica += 1) {
      const other = (replicas[replica] ?? 0) / floatBytes + at;
      for (let i = 0; i < count; i += 1)
        mean[i] = (mean[i] ?? 0) + Math.fround((floats[other + i] ?? 0) - (floats[first + i] ?? 0));
    }
    for (let i = 0; i < count; i += 1)
      mean[i] = (floats[first + i] ?? 0) + Math.fround((mean[i] ?? 0) / replicas.length);
  }

  #step(master: number, count: number): void {
    const floats = this.#floats;
    const rate = Math.fround(this.#local.outerLearningRate);
    for (let i = 0; i < count; i += 1) {
      const before = floats[master + i] ?? 0;
      const moved = Math.fround((this.#mean[i] ?? 0) - before);
      floats[master + i] = before + Math.fround(rate * moved);
    }
  }

  #momentumStep(master: number, count: number): void {
    const floats = this.#floats;
    const momentum = master + this.#momentumOf;
    const rate = Math.fround(this.#local.outerLearningRate);
    const kept = Math.fround(this.#local.outerMomentum);
    for (let i = 0; i < count; i += 1) {
      const before = floats[master + i] ?? 0;
      const moved = Math.fround((this.#mean[i] ?? 0) - before);
      const speed = Math.fround(Math.fround(kept * (floats[momentum + i] ?? 0)) + moved);
      floats[momentum + i] = speed;
      const ahead = Math.fround(moved + Math.fround(kept * speed));
      floats[master + i] = before + Math.fround(rate * ahead);
    }
  }
}
