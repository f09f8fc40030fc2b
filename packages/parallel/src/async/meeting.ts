import { LockstepError } from '@lockstep/core/rank';
import { cacheLine } from './localLayout.ts';
import type { LocalProgram, MeetingSpan } from './localTask.ts';

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
 * One rank's share of what happens when the first n replicas x(0), ... x(n - 1) meet in the master m: those that made a step in
 * the round. Element by element, in float32, every operation rounded:
 *
 * ```
 * mean = x(0) + (((x(1) - x(0)) + (x(2) - x(0))) + ...) / n
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
  readonly #bytes: Uint8Array;
  readonly #layout: LocalProgram['layout'];
  readonly #share: readonly MeetingSpan[];
  readonly #mean: Combine;
  readonly #outer: Combine;

  constructor(memory: WebAssembly.Memory, local: LocalProgram, rank: number) {
    const { layout, meeting, spans, threads, outerMomentum, outerLearningRate } = local;
    const { exports } = new WebAssembly.Instance(meeting, { lockstep: { memory } });
    this.#bytes = new Uint8Array(memory.buffer);
    this.#layout = layout;
    this.#share = shareOf(spans, rank, threads);
    this.#mean = combining(exports, 'mean');
    const isMean = outerMomentum === 0 && outerLearningRate === 1;
    this.#outer = isMean ? this.#mean : combining(exports, 'outer');
  }

  /**
   * Combines replicas in the master. The other ranks do it with their shares at the same time.
   *
   * @param replicas - how many meet, from the first on
   */
  meet(replicas: number): void {
    const { start } = this.#layout.variables;
    for (const { from, end, outer } of this.#share)
      (outer ? this.#outer : this.#mean)(start + from, start + end, replicas);
  }

  /** Puts this rank's share of one replica into the master. */
  adopt(replica: number): void {
    const { variables, replicas } = this.#layout;
    const from = replicas[replica] ?? 0;
    for (const span of this.#share)
      this.#bytes.copyWithin(variables.start + span.from, from + span.from, from + span.end);
  }
}

/** Combines what lies between two addresses of the master, in so many replicas. */
type Combine = (from: number, end: number, replicas: number) => void;

function combining(exports: WebAssembly.Exports, name: 'mean' | 'outer'): Combine {
  const found = exports[name];
  if (typeof found !== 'function') throw new LockstepError('INTERNAL', `the module exports no ${name}`);
  return (from, end, replicas) => void found(from, end, replicas);
}
