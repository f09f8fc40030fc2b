import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { defaultSpins } from './barrier.ts';
import { type CommandEnd, HostControl } from './hostControl.ts';
import { recover } from './recover.ts';
import { misbehaviours, type RankWorkerData, workKinds, workStride } from './testing/rankWork.ts';

/** Threads on one set of control words. */
class Group {
  readonly control: HostControl;
  readonly #work: SharedArrayBuffer;
  readonly #deadline: number;
  readonly #workers: Worker[] = [];

  constructor(size: number, spins: number, deadline = 10_000) {
    this.control = new HostControl(size, spins);
    this.#work = new SharedArrayBuffer(size * workStride * 4);
    this.#deadline = deadline;
    for (let rank = 0; rank < size; rank++) this.start(rank);
  }

  start(rank: number): void {
    const { control } = this;
    const workerData: RankWorkerData = {
      memory: control.memory,
      work: this.#work,
      rank,
      size: control.size,
      after: control.commandNumber,
      deadline: this.#deadline,
    };
    const worker = new Worker(new URL('./testing/rankWorker.ts', import.meta.url), { workerData });
    worker.once('exit', () => control.exited(rank));
    this.#workers[rank] = worker;
  }

  async terminate(rank: number): Promise<void> {
    await this.#workers[rank]?.terminate();
  }

  meet(from: number, to: number, misbehaviour: number = misbehaviours.none): void {
    this.control.post({ kind: workKinds.meet, from, to, argument: misbehaviour });
  }

  async finished(): Promise<CommandEnd> {
    return await this.control.finished(15_000);
  }

  async recover(grace = 2000): Promise<readonly number[]> {
    const recovered = await recover(this.control, {
      terminate: (rank) => void this.terminate(rank),
      restart: (rank) => this.start(rank),
      grace,
    });
    return recovered.restarted;
  }

  async close(): Promise<void> {
    for (const worker of this.#workers) worker.removeAllListeners('exit');
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

const done = { kind: 'finished', outcome: 'done' };
const groups: Group[] = [];

function open(size: number, spins: number, deadline?: number): Group {
  const group = new Group(size, spins, deadline);
  groups.push(group);
  return group;
}

afterEach(async () => {
  for (const group of groups.splice(0)) await group.close();
});

describe('threads that meet 20,000 times after random delays see all that the others wrote', () => {
  it.each([
    { size: 1, spins: 0 },
    { size: 2, spins: 20_000 },
    { size: 2, spins: 0 },
    { size: 3, spins: 200 },
  ])('%o', async ({ size, spins }) => {
    const group = open(size, spins);
    group.meet(0, 5000);
    expect(await group.finished()).toEqual(done);
    group.meet(5000, 10_000);
    expect(await group.finished()).toEqual(done);
    expect(group.control.step).toBe(10_000);
  });
});

it('more ranks than cores meet without spinning long', async () => {
  const group = open(8, defaultSpins(8, 2));
  group.meet(0, 500);
  expect(await group.finished()).toEqual(done);
});

it('a stop ends a command at the same step for all ranks', async () => {
  const group = open(3, 200);
  group.meet(0, 1_000_000_000);
  await sleep(100);
  group.control.request('stop');
  expect(await group.finished()).toEqual({ kind: 'finished', outcome: 'stopped' });
  const steps = [0, 1, 2].map((rank) => group.control.heartbeat(rank).step);
  expect(new Set(steps).size).toBe(1);
});

describe('a group goes on after a rank', () => {
  it.each([
    { how: 'throws', misbehaviour: misbehaviours.throw, reason: 'failed', restarted: [] },
    { how: 'exits', misbehaviour: misbehaviours.exit, reason: 'exited', restarted: [1] },
    { how: 'hangs', misbehaviour: misbehaviours.hang, reason: 'missing', restarted: [1] },
  ])('$how', async ({ misbehaviour, reason, restarted }) => {
    const group = open(3, 200, 1000);
    group.meet(0, 200, misbehaviour);
    expect(await group.finished()).toEqual({ kind: 'aborted', abort: { reason, rank: 1 } });
    expect(await group.recover(500)).toEqual(restarted);
    group.meet(100, 300);
    expect(await group.finished()).toEqual(done);
  });

  it('is killed, again and again', async () => {
    const group = open(3, 200);
    for (let kill = 0; kill < 5; kill++) {
      group.meet(0, 1_000_000_000);
      await sleep(10 * kill);
      await group.terminate(kill % 3);
      expect(await group.finished()).toMatchObject({ kind: 'aborted' });
      expect(await group.recover()).toEqual([kill % 3]);
    }
    group.meet(0, 200);
    expect(await group.finished()).toEqual(done);
  });
});

it('a rank that dies between two commands takes the next one with it, and no survivor takes that up', async () => {
  const group = open(3, 200);
  group.meet(0, 100);
  expect(await group.finished()).toEqual(done);
  await group.terminate(1);
  const stateOf = (rank: number): string => group.control.heartbeat(rank).state;
  await vi.waitFor(() => expect([stateOf(0), stateOf(2)]).toEqual(['recovering', 'recovering']));
  // The survivors have acknowledged: this command is lost, and the next has to be made once.
  group.meet(100, 200);
  expect(await group.finished()).toEqual({ kind: 'aborted', abort: { reason: 'exited', rank: 1 } });
  expect(await group.recover()).toEqual([1]);
  group.meet(100, 300);
  expect(await group.finished()).toEqual(done);
});

it('a host that finds nothing moving says who is missing', async () => {
  const group = open(2, 0, 60_000);
  group.meet(0, 100, misbehaviours.hang);
  expect(await group.control.finished(800)).toEqual({ kind: 'stalled', missing: [1] });
});

it('a host that was held up itself blames nobody for that time', async () => {
  const group = open(2, 0, 60_000);
  group.meet(0, 100, misbehaviours.hang);
  await vi.waitFor(() => expect(group.control.heartbeat(1).step).toBe(50), { timeout: 10_000 });
  const end = group.control.finished(1500);
  await sleep(50);
  const blocked = performance.now() + 2000;
  while (performance.now() < blocked);
  expect(await Promise.race([end, sleep(50, 'not yet')])).toBe('not yet');
  expect(await end).toEqual({ kind: 'stalled', missing: [1] });
});

it('a thread that neither answers nor ends is a worker lost', async () => {
  const group = open(2, 0, 60_000);
  group.meet(0, 100, misbehaviours.hang);
  await vi.waitFor(() => expect(group.control.heartbeat(1).step).toBe(50), { timeout: 10_000 });
  const actions = { terminate: () => {}, restart: () => {}, grace: 100 };
  await expect(recover(group.control, actions)).rejects.toMatchObject({ code: 'WORKER_LOST' });
});

it('a group has at least one rank', () => {
  expect(() => new HostControl(0, 0)).toThrowError(expect.objectContaining({ code: 'BAD_OPTION' }));
});
