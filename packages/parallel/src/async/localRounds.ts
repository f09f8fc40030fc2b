import type { WorkerPhase } from '@lockstep/core/rank';
import { aborted } from '../shared/machine.ts';
import type { RankControl } from '../shared/rankControl.ts';
import type { Chaos } from '../threads/chaos.ts';
import type { PhaseClock } from '../threads/phaseClock.ts';
import type { Slowness } from '../threads/slowness.ts';
import { diverged, type StepMaker } from '../threads/stepMaker.ts';
import type { StepPlan } from '../threads/stepPlan.ts';
import { cacheLine } from './localLayout.ts';
import { type LocalProgram, readingSteps, type StepKind } from './localTask.ts';
import { Meeting } from './meeting.ts';

/** In a rank's word: none of its replicas has diverged. */
const none = -1;

/** Phases of each program, as one worker runs all of them. */
export type Programs = readonly (readonly WorkerPhase[])[];

export interface LocalRank {
  readonly local: LocalProgram;
  readonly memory: WebAssembly.Memory;
  readonly plan: StepPlan;
  readonly control: RankControl;
  readonly clock: PhaseClock | undefined;
  readonly chaos: Chaos | undefined;
  readonly slowness: Slowness | undefined;
  /**
   * The programs on the variables of a replica, or on the master's, and on the rank's own memory for the rest.
   *
   * @param replica - undefined: the master
   */
  programsOf(replica: number | undefined): Programs;
}

/**
 * Local SGD in rounds. A round is the next `replicas` x `steps` mini-batches of the row, fewer at its end. Mini-batch number i of
 * the round is a step of replica i mod `replicas`, and worker w of W makes the steps of the replicas r with r mod W = w: first it gives
 * the replica the master's variables. Then the replicas that made a step meet (see {@link Meeting}), so every boundary has one state:
 * the master's. Which worker makes a step, and when, changes no bit.
 *
 * Steps that train nothing are made by one worker each, on the master's variables.
 */
export class LocalRounds implements StepMaker {
  at = 0;
  readonly #rank: LocalRank;
  readonly #master: Programs;
  readonly #replicas: ReadonlyMap<number, Programs>;
  readonly #meeting: Meeting;
  readonly #bytes: Uint8Array;
  /** By worker, a line each: the first step of the round at which a replica of it diverged. Written before a barrier, read after it. */
  readonly #diverged: Int32Array;
  /** Steps begun in the round: for who looks whether the rank moves. */
  #made = 0;

  constructor(rank: LocalRank) {
    const { local, memory, control, programsOf } = rank;
    const { layout, replicas, threads } = local;
    const own = Array.from({ length: replicas }, (_, replica) => replica).filter(
      (replica) => replica % threads === control.rank,
    );
    this.#rank = rank;
    this.#master = programsOf(undefined);
    this.#replicas = new Map(own.map((replica) => [replica, programsOf(replica)]));
    this.#meeting = new Meeting(memory, local, control.rank);
    this.#bytes = new Uint8Array(memory.buffer);
    this.#diverged = new Int32Array(memory.buffer, layout.words, (threads * cacheLine) / 4);
  }

  make(from: number, to: number, first: number): number {
    const { local, plan, control } = this.#rank;
    const kind = local.kinds[plan.program(from)];
    this.at = from;
    this.#made = 0;
    control.showProgress(first + from, 0);
    if (kind === 'training' || kind === 'part') return this.#round(from, to, first);
    return this.#readings(from, kind === 'initial' ? from + 1 : to, first);
  }

  #readings(from: number, to: number, first: number): number {
    const { local, plan, control } = this.#rank;
    const most = Math.min(to, from + readingSteps * local.threads);
    let end = from + 1;
    while (end < most && local.kinds[plan.program(end)] === 'reading') end += 1;
    for (let at = from; at < end; at += 1)
      if (at % local.threads === control.rank) this.#step(this.#master, at, first, from);
    const requests = control.barrier(true);
    if (requests !== aborted) this.at = end;
    return requests;
  }

  #round(from: number, to: number, first: number): number {
    const { local, control, clock, chaos, plan } = this.#rank;
    const { end, batches } = this.#nextRound(from, to);
    const moved = Math.min(batches, local.replicas);
    let broken = none;
    for (const [replica, programs] of this.#replicas) {
      if (replica >= moved) continue;
      const at = this.#train(replica, programs, from, end, first);
      if (at === aborted) return aborted;
      if (at !== none && (broken === none || at < broken)) broken = at;
    }
    this.#diverged[(control.rank * cacheLine) / 4] = broken;
    if (control.barrier(false) === aborted) return aborted;
    const [program, step] = [plan.program(end - 1), first + end - 1];
    const phase = (this.#master[program]?.length ?? 1) - 1;
    clock?.waited(step, phase);
    const earliest = this.#earliest();
    if (earliest !== none) return this.#leave(earliest, from);
    this.#meeting.meet(moved);
    clock?.computed(program, step, phase);
    chaos?.at(step, 'meeting');
    const requests = control.barrier(true);
    clock?.waited(step, phase);
    if (requests !== aborted) this.at = end;
    return requests;
  }

  /** Where the round ends, and of how many mini-batches it makes steps. */
  #nextRound(from: number, to: number): { readonly end: number; readonly batches: number } {
    const { local, plan } = this.#rank;
    const most = local.replicas * local.steps;
    let [end, whole, kind]: [number, number, StepKind | undefined] = [from, 0, undefined];
    for (; end < to && whole < most; end += 1) {
      const next = local.kinds[plan.program(end)];
      if (next !== 'training' && next !== 'part') break;
      kind = next;
      if (kind === 'training') whole += 1;
    }
    return { end, batches: kind === 'part' ? whole + 1 : whole };
  }

  /** @returns the step at which the replica diverged, or {@link none}; `aborted` if the group is */
  #train(replica: number, programs: Programs, from: number, end: number, first: number): number {
    const { local, plan, control } = this.#rank;
    const { variables, replicas } = local.layout;
    this.#bytes.copyWithin(replicas[replica] ?? 0, variables.start, variables.start + variables.length);
    let batch = 0;
    for (let at = from; at < end; at += 1) {
      if (batch % local.replicas === replica) {
        if (control.isAborted) return aborted;
        if (!this.#step(programs, at, first, from)) return at;
      }
      if (local.kinds[plan.program(at)] === 'training') batch += 1;
    }
    return none;
  }

  /** @returns whether the step's guard let it come to its end */
  #step(programs: Programs, at: number, first: number, round: number): boolean {
    const { plan, control, clock, chaos, slowness } = this.#rank;
    const [program, entry] = [plan.program(at), plan.entry(at)];
    const phases = programs[program] ?? [];
    // Its results can be read when the round is over: until then no step of it counts as made.
    this.#made += 1;
    for (let phase = 0; phase < phases.length; phase += 1) {
      control.showProgress(first + round, phase, this.#made);
      chaos?.at(first + at, phase);
      const { own, shared, sharedPieces } = phases[phase] ?? missing;
      const begun = slowness && performance.now();
      if (own(entry) !== 0) return false;
      for (let piece = 0; piece < sharedPieces; piece += 1) shared(piece, entry);
      if (begun !== undefined) slowness?.computed(performance.now() - begun);
      clock?.computed(program, first + at, phase);
    }
    return true;
  }

  #earliest(): number {
    const { threads } = this.#rank.local;
    let earliest = none;
    for (let worker = 0; worker < threads; worker += 1) {
      const at = this.#diverged[(worker * cacheLine) / 4] ?? none;
      if (at !== none && (earliest === none || at < earliest)) earliest = at;
    }
    return earliest;
  }

  /** Ends the row at a step that diverged, with the variables of its replica right before it. */
  #leave(at: number, from: number): number {
    const { local, plan, control } = this.#rank;
    let batch = 0;
    for (let before = from; before < at; before += 1)
      if (local.kinds[plan.program(before)] === 'training') batch += 1;
    this.#meeting.adopt(batch % local.replicas);
    this.at = at;
    return control.barrier(false) === aborted ? aborted : diverged;
  }
}

const missing: WorkerPhase = { own: () => 0, shared: () => {}, sharedPieces: 0 };
