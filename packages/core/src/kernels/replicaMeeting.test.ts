import { describe, expect, it } from 'vitest';
import { emitReplicaMeeting } from './replicaMeeting.ts';

const pages = 65_536;
/** All addresses there are: pages that nobody touches cost nothing. */
const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
const count = 32;
const bytes = 4 * count;
const { fround } = Math;

const valuesOf = (which: number): Float32Array =>
  Float32Array.from({ length: count }, (_, at) => Math.sin(7 * at + which) * 2 ** ((at % 9) - 4));

interface Case {
  readonly name: string;
  readonly master: number;
  readonly stride: number;
  /** That meet. */
  readonly replicas: number;
  readonly outerMomentum: number;
}

/** The master, its momentum, and replicas behind it. */
function meet(exported: 'mean' | 'outer', { master, stride, replicas, outerMomentum }: Case) {
  const [momentum, first] = [bytes, 2 * bytes];
  const view = (at: number): Float32Array => new Float32Array(memory.buffer, at, count);
  view(master).set(valuesOf(0));
  view(master + momentum).set(valuesOf(50));
  // One more has nothing to say.
  const written = master + first + replicas * stride + bytes > 2 ** 32 ? replicas : replicas + 1;
  for (let replica = 0; replica < written; replica += 1)
    view(master + first + replica * stride).set(valuesOf(replica + 1));
  const code = emitReplicaMeeting({
    ...{ first, stride, momentum, pages, outerMomentum },
    outerLearningRate: 0.7,
  });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), { lockstep: { memory } });
  const run = exports[exported];
  if (typeof run !== 'function') throw new Error(`no ${exported}`);
  // Of the two lines the second alone is this rank's.
  run(master + 64, master + bytes, replicas);
  return { master: view(master).slice(), momentum: view(master + momentum).slice() };
}

describe.each<Case>([
  { name: 'one replica', master: 4096, stride: 4096, replicas: 1, outerMomentum: 0.9 },
  { name: 'without momentum', master: 4096, stride: 4096, replicas: 2, outerMomentum: 0 },
  { name: 'above 2 GiB', master: 2 ** 31 - 64, stride: 2 ** 29, replicas: 3, outerMomentum: 0.9 },
  { name: 'up to 4 GiB', master: 2 ** 32 - 7 * bytes, stride: bytes, replicas: 5, outerMomentum: 0.5 },
])('replicas that meet: $name', (given) => {
  const before = valuesOf(0);
  const replicas = Array.from({ length: given.replicas }, (_, replica) => valuesOf(replica + 1));
  const [first = before, ...others] = replicas;
  const means = first.map((x0, at) => {
    const sum = others.reduce((total, other) => fround(total + fround((other[at] ?? 0) - x0)), 0);
    return x0 + fround(sum / given.replicas);
  });
  const isOwn = (at: number): boolean => at >= count / 2;

  it('leave their mean, where they are told to', () => {
    expect(meet('mean', given)).toEqual({
      master: before.map((value, at) => (isOwn(at) ? (means[at] ?? 0) : value)),
      momentum: valuesOf(50),
    });
  });

  it("move the master towards it with Nesterov's momentum", () => {
    const [rate, kept] = [fround(0.7), fround(given.outerMomentum)];
    const gaps = means.map((mean, at) => mean - (before[at] ?? 0));
    const speeds = valuesOf(50).map((speed, at) => fround(kept * speed) + (gaps[at] ?? 0));
    const moved = before.map((value, at) => {
      const ahead = fround((gaps[at] ?? 0) + (kept === 0 ? 0 : fround(kept * (speeds[at] ?? 0))));
      return value + fround(rate * ahead);
    });
    const { master, momentum } = meet('outer', given);
    expect(master).toEqual(before.map((value, at) => (isOwn(at) ? (moved[at] ?? 0) : value)));
    expect(momentum).toEqual(
      valuesOf(50).map((value, at) => (isOwn(at) && kept > 0 ? (speeds[at] ?? 0) : value)),
    );
  });
});
