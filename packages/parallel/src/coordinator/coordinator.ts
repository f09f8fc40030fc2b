import type { TrainingEvent } from '@lockstep/core';
import { type LoopOutcome, RunControl, runLoop } from '@lockstep/core/engine';
import type { Remote } from 'comlink';
import { Replay } from '../async/replay.ts';
import { recordCpuProfile } from '../timeline/cpuProfile.ts';
import { errorToData } from './errorData.ts';
import { openCrew } from './openCrew.ts';
import type { CallerHooks, CoordinatorAnswer, CoordinatorApi, CoordinatorTask } from './protocol.ts';

/** The caller's ear: events and orders go out in order without waiting, and what a listener throws comes back later. */
class Events {
  readonly #hooks: Remote<CallerHooks>;
  #heard: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  constructor(hooks: Remote<CallerHooks>) {
    this.#hooks = hooks;
  }

  /** @throws what a listener has thrown at an event before */
  emit(event: TrainingEvent): void {
    this.#send(() => this.#hooks.emit(event));
  }

  /** @throws as {@link emit} */
  tellOrder(order: Int32Array): void {
    this.#send(() => this.#hooks.onOrder(order));
  }

  #send(send: () => Promise<void>): void {
    if (this.#failure) throw this.#failure.error;
    // One port carries them all, in order: the last one heard means that all are.
    this.#heard = send().catch((error: unknown) => {
      this.#failure ??= { error };
    });
  }

  /** Waits until all are heard. */
  async settle(): Promise<void> {
    await this.#heard;
  }

  /** @throws what a listener has thrown */
  async allHeard(): Promise<void> {
    await this.settle();
    if (this.#failure) throw this.#failure.error;
  }
}

/**
 * Drives one run: owns the engine, and with it the ranks' threads, and makes the training loop. It has a thread of its
 * own, so that neither a busy caller holds up the run nor the run its caller.
 */
export class Coordinator implements CoordinatorApi {
  readonly #control = new RunControl();

  async start(task: CoordinatorTask, hooks: CallerHooks): Promise<CoordinatorAnswer> {
    try {
      // Comlink has put a proxy in place of the hooks: calls answer with promises.
      return { kind: 'ended', outcome: await this.#run(task, hooks as Remote<CallerHooks>) };
    } catch (error) {
      return { kind: 'failed', error: errorToData(error) };
    }
  }

  async #run(task: CoordinatorTask, hooks: Remote<CallerHooks>): Promise<LoopOutcome> {
    const { plan, program, memory, failure, timelines, warnings, resume, saves, started } = task;
    const finishProfile = failure.cpuProfile && recordCpuProfile(failure.cpuProfile, 'coordinator');
    const events = new Events(hooks);
    const warn = (message: string): void => events.emit({ type: 'warning', message });
    const replay =
      task.replay && 'layout' in program
        ? new Replay(task.replay, {
            mode: program.mode,
            workers: program.workers,
            onEnd: () => {
              warn('the record ends before the run does: the run ends there too, as if it had been stopped');
              this.#control.stop();
            },
          })
        : undefined;
    const engine = openCrew(
      program,
      memory,
      {
        ...failure,
        onWarning: warn,
        onReduce: (found) => events.emit({ type: 'reduce', ...found }),
        onOrder: (order) => events.tellOrder(order),
        replay,
      },
      timelines,
    );
    try {
      const outcome = await runLoop(plan, engine, {
        emit: (event) => {
          const more = event.type === 'done' && event.reason !== 'aborted' ? (replay?.left ?? 0) : 0;
          if (more > 0) warn(`the run is over, and the record has more: ${more} rows of steps`);
          events.emit(event);
          if (event.type === 'start') for (const message of warnings) warn(message);
        },
        tabulate: (epoch, steering) => hooks.tabulate(epoch, steering),
        finishMetrics: (totals) => hooks.finishMetrics(totals),
        onRendezvous: (event) => hooks.onRendezvous(event),
        ...(saves && { onSave: (state, done) => hooks.onSave(state, done) }),
        control: this.#control,
        ...(resume && { resume }),
        secondsBefore: (performance.timeOrigin + performance.now() - started) / 1000,
      });
      await events.allHeard();
      return outcome;
    } finally {
      // Of a run that fails too: whoever has asked for it ends this thread when it has the answer.
      await events.settle();
      await engine.close();
      finishProfile?.();
    }
  }

  stop(): void {
    this.#control.stop();
  }

  pause(): void {
    this.#control.pause();
  }

  resume(): void {
    this.#control.resume();
  }

  save(): ReturnType<CoordinatorApi['save']> {
    return this.#control.capture();
  }
}
