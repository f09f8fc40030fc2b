import type { Span } from '@lockstep/parallel';
import type { Network } from '../engine/networks.ts';
import { untilQuiet, watch } from '../engine/quiet.ts';
import { median } from '../engine/statistics.ts';
import { Trainer, trainerRows } from './trainer.ts';

/** Seconds of training that are recorded. */
const tracedSeconds = 1;
/** Spans of each worker that are kept. */
const capacity = 16_384;
const attempts = 8;

/** What the workers did in some seconds of training. */
export interface Trace {
  readonly workers: number;
  readonly timelines: readonly (readonly Span[])[];
  /** Seconds a step, all that lies between steps included. */
  readonly secondsPerStep: number;
  /** Another process ran meanwhile in each attempt. */
  readonly disturbed: boolean;
}

async function traceOnce(network: Network, workers: number): Promise<Trace> {
  const trainer = await Trainer.start(network, { workers, spans: capacity });
  const first = await trainer.run(1);
  const epochs = Math.max(1, Math.round(tracedSeconds / first.seconds));
  await untilQuiet();
  const { result, disturbed } = await watch(() => trainer.run(epochs));
  const steps = (epochs * trainerRows) / network.batch;
  const recorded = await trainer.stop();
  return {
    workers,
    timelines: recorded.map((spans) => newest(spans, steps)),
    secondsPerStep: result.seconds / steps,
    disturbed,
  };
}

/** The spans of the newest steps. */
function newest(spans: readonly Span[], steps: number): readonly Span[] {
  const last = spans.at(-1)?.step ?? 0;
  return spans.filter(({ step }) => step > last - steps);
}

/** Records timelines while the machine is quiet, or the last of some attempts. */
export async function trace(network: Network, workers: number, log: (line: string) => void): Promise<Trace> {
  for (let attempt = 1; ; attempt += 1) {
    const traced = await traceOnce(network, workers);
    log(`  traced with ${workers} workers${traced.disturbed ? ': disturbed' : ''}`);
    if (!traced.disturbed || attempt === attempts) return traced;
  }
}

/** Spans of one step, of all ranks, in order of phases. */
export interface TracedStep {
  /** For each phase of the step, by rank: when the rank began it, had done its share, and was let go by the barrier. */
  readonly phases: readonly (readonly PhaseTimes[])[];
}

export interface PhaseTimes {
  readonly began: number;
  readonly computed: number;
  readonly released: number;
}

/** Training steps that the timelines of all ranks hold whole. */
export function tracedSteps({ timelines }: Pick<Trace, 'timelines'>): readonly TracedStep[] {
  const byStep = new Map<number, Map<number, Map<number, Partial<PhaseTimes>>>>();
  for (const [rank, spans] of timelines.entries())
    for (const { kind, step, phase, start, end } of spans) {
      const phases = byStep.get(step) ?? new Map<number, Map<number, Partial<PhaseTimes>>>();
      byStep.set(step, phases);
      const ranks = phases.get(phase) ?? new Map<number, Partial<PhaseTimes>>();
      phases.set(phase, ranks);
      // A rank alone waits for nobody inside a step.
      const times = kind === 'wait' ? { released: end } : { began: start, computed: end, released: end };
      ranks.set(rank, { ...ranks.get(rank), ...times });
    }
  const steps = [...byStep.values()].flatMap((phases): TracedStep[] => {
    const whole = [...phases.values()].map((ranks) => [...ranks.values()].filter(isWhole));
    return whole.every((ranks) => ranks.length === timelines.length) ? [{ phases: whole }] : [];
  });
  // Others have fewer phases: the one that makes the initial weights, and those that a ring holds the end of.
  const most = Math.max(...steps.map(({ phases }) => phases.length));
  return steps.filter(({ phases }) => phases.length === most);
}

function isWhole(times: Partial<PhaseTimes>): times is PhaseTimes {
  return times.began !== undefined && times.computed !== undefined && times.released !== undefined;
}

/** Microseconds from the arrival of the last rank at a barrier until the last one has left it: the median. */
export function barrierMicroseconds(steps: readonly TracedStep[]): number {
  const latencies = steps.flatMap(({ phases }) =>
    phases.map(
      (ranks) =>
        Math.max(...ranks.map(({ released }) => released)) -
        Math.max(...ranks.map(({ computed }) => computed)),
    ),
  );
  return 1000 * median(latencies);
}

/** Microseconds that a rank waits in a step, in all its barriers: the median over steps and ranks. */
export function waitMicroseconds(steps: readonly TracedStep[]): number {
  const waits = steps.flatMap(({ phases }) => {
    const ranks = phases[0]?.length ?? 0;
    return Array.from({ length: ranks }, (_, rank) =>
      phases.reduce((sum, times) => {
        const { computed = 0, released = 0 } = times[rank] ?? {};
        return sum + released - computed;
      }, 0),
    );
  });
  return 1000 * median(waits);
}

/** Microseconds that ranks work in a phase, for each phase: all ranks and steps. */
export function phaseMicroseconds(steps: readonly TracedStep[]): readonly (readonly number[])[] {
  const phases = steps[0]?.phases.length ?? 0;
  return Array.from({ length: phases }, (_, phase) =>
    steps.flatMap(
      (step) => step.phases[phase]?.map(({ began, computed }) => 1000 * (computed - began)) ?? [],
    ),
  );
}

/** Microseconds a step in which a rank is in no step: between two rows of steps. */
export function betweenRowsMicroseconds({ timelines: [spans = []] }: Pick<Trace, 'timelines'>): number {
  const gaps = spans.slice(1).reduce((sum, { start }, at) => sum + start - (spans[at]?.end ?? start), 0);
  return (1000 * gaps) / new Set(spans.map(({ step }) => step)).size;
}
