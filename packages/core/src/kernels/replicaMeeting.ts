import { type FunctionBuilder, type Local, ModuleBuilder } from './assembler/index.ts';

/** Copies of some memory, evenly apart, and what becomes of their mean. Distances are bytes, and above 0. */
export interface ReplicaMeeting {
  /** From the master to the first replica. */
  readonly first: number;
  /** From a replica to the next. */
  readonly stride: number;
  /** From the master to the momentum. */
  readonly momentum: number;
  readonly outerLearningRate: number;
  /** With 0 there is no momentum in memory. */
  readonly outerMomentum: number;
  /** Pages of the memory, which is shared. */
  readonly pages: number;
}

/** Vectors that are combined at a time: those of a cache line. */
const vectors = [0, 1, 2, 3] as const;
const vectorBytes = 16;
const lineBytes = vectors.length * vectorBytes;

interface Sums {
  readonly first: Local;
  readonly sum: Local;
}

/** How many replicas meet: R. */
interface Met {
  /** Bytes from the first to the end of the last. */
  readonly span: Local;
  /** R in every lane. */
  readonly count: Local;
}

/** Leaves the mean of the replicas in `first` of each pair: x(0) + (((x(1) - x(0)) + (x(2) - x(0))) + ...) / R. */
function emitMean(
  f: FunctionBuilder,
  at: Local,
  sums: readonly Sums[],
  { span, count }: Met,
  { first, stride }: ReplicaMeeting,
): void {
  const [replica, end] = [f.local('i32'), f.local('i32')];
  f.get(at).i32Const(first).op('i32.add').tee(replica);
  f.get(span).op('i32.add').set(end);
  for (const [vector, { first: value, sum }] of sums.entries()) {
    f.get(replica)
      .load('v128.load', vectorBytes * vector)
      .set(value);
    f.f32x4Const(0).set(sum);
  }
  f.increment(replica, stride);
  // What is one replica past the last may be past 4 GiB.
  f.countedLoop(replica, { end, step: stride, test: 'i32.ne' }, () => {
    for (const [vector, { first: value, sum }] of sums.entries()) {
      f.get(sum)
        .get(replica)
        .load('v128.load', vectorBytes * vector)
        .get(value);
      f.op('f32x4.sub').op('f32x4.add').set(sum);
    }
  });
  for (const { first: value, sum } of sums)
    f.get(value).get(sum).get(count).op('f32x4.div').op('f32x4.add').set(value);
  f.release(replica, end);
}

/** Moves the master towards a mean: g = mean - m; u = k u + g; m = m + d (g + k u). Takes `sum` for g and u. */
function emitOuterStep(
  f: FunctionBuilder,
  at: Local,
  { first: mean, sum: moved }: Sums,
  offset: number,
  { momentum, outerLearningRate, outerMomentum }: ReplicaMeeting,
): void {
  f.get(mean).get(at).load('v128.load', offset).op('f32x4.sub').set(moved);
  f.get(at);
  f.get(at).load('v128.load', offset);
  f.f32x4Const(outerLearningRate).get(moved);
  if (outerMomentum > 0) {
    const kept = f.local('v128');
    f.f32x4Const(outerMomentum)
      .get(at)
      .load('v128.load', momentum + offset);
    f.op('f32x4.mul').get(moved).op('f32x4.add').set(kept);
    f.get(at)
      .get(kept)
      .store('v128.store', momentum + offset);
    f.f32x4Const(outerMomentum).get(kept).op('f32x4.mul').op('f32x4.add');
    f.release(kept);
  }
  f.op('f32x4.mul').op('f32x4.add').store('v128.store', offset);
}

/**
 * Emits a module with two functions of (from, end, replicas): addresses in the master, whole cache lines, and how many of
 * the replicas meet, from the first on, at least 1. `mean` puts their mean there, `outer` makes a step towards it (SGD with
 * Nesterov's momentum for the outer gradient m - mean).
 */
export function emitReplicaMeeting(meeting: ReplicaMeeting): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory('lockstep', 'memory', { min: meeting.pages, max: meeting.pages, shared: true });
  const emit = (name: string, finish: (f: FunctionBuilder, at: Local, sums: Sums, offset: number) => void) =>
    module.func(
      name,
      ['i32', 'i32', 'i32'],
      [],
      (f) => {
        const [at, replicas] = [f.local('i32'), f.param(2)];
        const met: Met = { span: f.local('i32'), count: f.local('v128') };
        const sums = vectors.map((): Sums => ({ first: f.local('v128'), sum: f.local('v128') }));
        f.get(replicas).i32Const(meeting.stride).op('i32.mul').set(met.span);
        f.get(replicas).op('f32.convert_i32_u').op('f32x4.splat').set(met.count);
        f.countedLoop(at, { start: f.param(0), end: f.param(1), step: lineBytes }, () => {
          emitMean(f, at, sums, met, meeting);
          for (const [vector, each] of sums.entries()) finish(f, at, each, vectorBytes * vector);
        });
      },
      { export: true },
    );
  emit('mean', (f, at, { first }, offset) => {
    f.get(at).get(first).store('v128.store', offset);
  });
  emit('outer', (f, at, sums, offset) => {
    emitOuterStep(f, at, sums, offset, meeting);
  });
  return module.toBytes();
}
