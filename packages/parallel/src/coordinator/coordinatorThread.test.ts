import { expect, it } from 'vitest';
import { CoordinatorThread } from './coordinatorThread.ts';

const thread = (code: string): CoordinatorThread =>
  new CoordinatorThread(new URL(`data:text/javascript,${encodeURIComponent(code)}`));

it('fails a question to a thread that exits, and every one after it', async () => {
  const coordinator = thread('setTimeout(() => process.exit(3), 50)');
  await expect(coordinator.ask((remote) => remote.save())).rejects.toMatchObject({ code: 'WORKER_LOST' });
  await expect(coordinator.ask((remote) => remote.save())).rejects.toThrow('exited with code 3');
  await coordinator.close();
});

it('fails a question to a thread that throws, with the reason', async () => {
  const coordinator = thread('setTimeout(() => { throw new Error("broken"); }, 50)');
  await expect(coordinator.ask((remote) => remote.save())).rejects.toMatchObject({
    code: 'WORKER_LOST',
    cause: expect.objectContaining({ message: 'broken' }),
  });
  await coordinator.close();
});

it('fails a question that is asked when the thread is closed', async () => {
  const coordinator = thread('setTimeout(() => {}, 60_000)');
  const asked = coordinator.ask((remote) => remote.save());
  await Promise.all([expect(asked).rejects.toMatchObject({ code: 'WORKER_LOST' }), coordinator.close()]);
});
