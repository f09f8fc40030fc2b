// Trains once, as the request in its argument says, and writes what came of it as a line of JSON: a process of its own, so that
// its memory is that of one run.
import { setWasmFlags } from '@lockstep/core/node';
import { train } from '@lockstep/parallel';
import { networkRun, type TrainingRequest } from './network.ts';

/** What a training came to. */
export interface TrainingReport {
  readonly weightsHash: string;
  readonly samplesPerSecond: number;
  /** Of the last epoch, by its training steps and its waiting. */
  readonly lastEpoch: number;
  readonly waitingForData: number;
  readonly seconds: number;
  /** Of the processor, in all threads. */
  readonly cpuSeconds: number;
  /** Greatest resident memory of the process, in bytes. */
  readonly peakBytes: number;
}

setWasmFlags({ revectorize: true });
const request: TrainingRequest = JSON.parse(process.argv[2] ?? '{}');
const { workers, loaders } = request;
const result = await train(networkRun(request), { workers, loaders });
const { user, system } = process.cpuUsage();
const report: TrainingReport = {
  weightsHash: result.weightsHash,
  samplesPerSecond: result.samplesPerSecond,
  lastEpoch: result.history.at(-1)?.samplesPerSecond ?? Number.NaN,
  waitingForData: result.history.reduce((sum, { waitingForData = 0 }) => sum + waitingForData, 0),
  seconds: result.wallSeconds,
  cpuSeconds: (user + system) / 1e6,
  peakBytes: process.resourceUsage().maxRSS * 1024,
};
console.log(JSON.stringify(report));
