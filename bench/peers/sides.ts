import { availableParallelism } from 'node:os';
import type { Network } from '../engine/networks.ts';
import { kernelSets, PyTorch } from '../engine/pytorch.ts';
import type { Round } from '../engine/training.ts';
import { Trainer, trainerRows } from '../scaling/trainer.ts';

/** Something that trains the network, in processes that sleep between rounds. */
export interface Peer {
  readonly name: string;
  /** Trains so many passes over the data. */
  run(epochs: number): Promise<Round>;
  stop(): void | Promise<void>;
}

/** Ours, with a worker for each core. */
export async function startLockstep(network: Network): Promise<Peer> {
  const workers = availableParallelism();
  const trainer = await Trainer.start(network, { workers });
  return {
    name: `lockstep, ${workers} workers`,
    run: (epochs) => trainer.run(epochs),
    stop: async () => {
      await trainer.stop();
    },
  };
}

/** Ways to use two cores, or one where a second does not pay. */
const ways = [
  { name: '1 thread', threads: 1 },
  { name: '2 threads', threads: 2 },
  { name: 'DDP, 2 gloo processes', processes: 2 },
] as const;

/** PyTorch in every way and with every kernel set; and what it says of itself. */
export async function startPyTorch(
  network: Network,
  python: string,
): Promise<{ readonly peers: readonly Peer[]; readonly versions: string }> {
  const peers: Peer[] = [];
  let described = '';
  for (const { name, ...options } of ways)
    for (const kernelSet of kernelSets) {
      const { trainer, versions } = await PyTorch.start(python, kernelSet, network, {
        ...options,
        rows: trainerRows,
      });
      described = `PyTorch ${versions.torch}, Python ${versions.python}, ${versions.blas}`;
      peers.push({
        name: `PyTorch, ${name}, ${versions.kernels}`,
        run: (epochs) => trainer.run((epochs * trainerRows) / network.batch),
        stop: () => trainer.stop(),
      });
    }
  return { peers, versions: described };
}
