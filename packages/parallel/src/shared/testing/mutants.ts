import { AbortGroup } from '../abort.ts';
import { Barrier, barrierSteps } from '../barrier.ts';
import { ChangeWait, changeWaitSteps, longestSleep } from '../changeWait.ts';
import { abortBit, allRequestBits, generationUnit, slots } from '../layout.ts';
import { aborted, type Machine, running } from '../machine.ts';
import { AcknowledgeAbort, ResetGroup } from '../recovery.ts';
import type { Words } from '../words.ts';

// The protocols, each with one thing wrong: what the model checker has to find.

/** Arrives before it reads the generation. */
export class ReadsGenerationLate extends Barrier {
  last = false;

  override begin(boundary: boolean): void {
    super.begin(boundary);
    this.at = barrierSteps.arrive;
  }

  override step(words: Words): number {
    if (this.at === barrierSteps.arrive) {
      this.last = words.add(slots.arrivals, 1) === this.size - 1;
      this.at = barrierSteps.readGeneration;
      return running;
    }
    if (this.at === barrierSteps.readGeneration) {
      this.generation = words.load(slots.generation);
      if ((this.generation & abortBit) !== 0) return aborted;
      this.waiting.begin(this.generation, this.spins, this.patience);
      this.at = this.last ? barrierSteps.reset : barrierSteps.wait;
      return running;
    }
    return super.step(words);
  }
}

/** Publishes the new generation before it resets the arrivals. */
export class PublishesBeforeReset extends Barrier {
  resetDone = false;

  override begin(boundary: boolean): void {
    super.begin(boundary);
    this.resetDone = false;
  }

  override step(words: Words): number {
    if (this.at === barrierSteps.reset) {
      this.at = barrierSteps.sample;
      return running;
    }
    if (this.at === barrierSteps.countSleepers && !this.resetDone) {
      words.store(slots.arrivals, 0);
      this.resetDone = true;
      return running;
    }
    return super.step(words);
  }
}

/** Looks whether anybody sleeps before it publishes. */
export class CountsSleepersEarly extends Barrier {
  counted = false;
  sleeping = 0;

  override step(words: Words): number {
    if (this.at === barrierSteps.publish && !this.counted) {
      this.sleeping = words.load(slots.sleepers);
      this.counted = true;
      return running;
    }
    if (this.at === barrierSteps.countSleepers) {
      this.counted = false;
      this.at = barrierSteps.wake;
      return this.sleeping === 0 ? this.requests : running;
    }
    return super.step(words);
  }
}

/** Takes the requests itself, not only when it is the last to arrive. */
export class SamplesByItself extends Barrier {
  passed = false;

  override begin(boundary: boolean): void {
    super.begin(boundary);
    this.passed = false;
  }

  override step(words: Words): number {
    if (this.passed) return words.exchange(slots.requests, 0);
    const last = this.at !== barrierSteps.wait;
    const result = super.step(words);
    if (result < 0 || last) return result;
    this.passed = true;
    return running;
  }
}

/** Stores the new generation, where it has to change the old one. */
export class StoresGeneration extends Barrier {
  override step(words: Words): number {
    if (this.at !== barrierSteps.publish) return super.step(words);
    const generation = this.generation & ~(abortBit | allRequestBits);
    words.store(slots.generation, generation + generationUnit + this.requests);
    this.at = barrierSteps.countSleepers;
    return running;
  }
}

/** Compares, and then sleeps, in two accesses. */
class SleepWithoutComparing extends ChangeWait {
  compared = false;

  override step(words: Words): number {
    if (this.at !== changeWaitSteps.sleep) return super.step(words);
    if (!this.compared) {
      this.compared = words.load(this.slot) === this.expected;
      if (!this.compared) this.at = changeWaitSteps.look;
      return running;
    }
    this.compared = false;
    this.at = changeWaitSteps.look;
    words.wait(this.slot, words.load(this.slot), longestSleep);
    return running;
  }
}

export class SleepsWithoutComparing extends Barrier {
  override readonly waiting: ChangeWait = new SleepWithoutComparing(slots.generation, slots.sleepers);
}

/** Wakes the ranks first, and then tells them why. */
export class WakesBeforeAbort extends AbortGroup {
  override step(words: Words): number {
    const { at } = this;
    if (at !== 1 && at !== 2) return super.step(words);
    this.at += 1;
    if (at === 1) words.notify(slots.generation);
    else words.or(slots.generation, abortBit);
    return running;
  }
}

/** Waits, after the recovery, for a command after the one it knows. */
export class KeepsCommand extends AcknowledgeAbort {
  readonly known: number;

  constructor(rank: number, known: number) {
    super(rank);
    this.known = known;
  }

  override step(words: Words): number {
    const result = super.step(words);
    this.command = this.known;
    return result;
  }
}

/** Takes the command for lost that is the newest when it acknowledges: the host may post one more before it sees the abort. */
export class TakesCommandEarly extends AcknowledgeAbort {
  newest = -1;

  override step(words: Words): number {
    if (this.newest < 0) {
      this.newest = words.load(slots.command) & ~abortBit;
      return running;
    }
    const result = super.step(words);
    this.command = this.newest;
    return result;
  }
}

/** Counts itself among the sleepers of the barrier, whom the host resets. */
export class SharesSleepers extends AcknowledgeAbort {
  override readonly waiting: ChangeWait = new ChangeWait(slots.incarnation, slots.sleepers);
}

/** Repairs everything but the arrivals. */
export class KeepsArrivals extends ResetGroup {
  override at = 1;
}

/** Lets requests fall that were published with the newest generation. */
export class ForgetsRequests extends ResetGroup {
  override step(words: Words): number {
    if (this.at === 3) this.at += 1;
    return super.step(words);
  }
}

/** Frees the survivors before it has repaired the words. */
export class FreesBeforeReset implements Machine {
  freed = false;
  readonly rest: ResetGroup;

  constructor(exited: readonly number[]) {
    this.rest = new ResetGroup(exited);
  }

  step(words: Words): number {
    if (this.freed) return this.rest.step(words);
    this.freed = true;
    words.add(slots.incarnation, 1);
    words.notify(slots.incarnation);
    return running;
  }
}
