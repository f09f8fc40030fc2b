import type { ScalingCase } from './networks.ts';
import { measureThroughput, type Throughput, workerCounts } from './throughput.ts';
import { type Trace, trace } from './trace.ts';

/** All that is measured of a network. */
export interface MeasuredCase {
  readonly scalingCase: ScalingCase;
  readonly throughput: Throughput;
  /** In the order of `workerCounts`. */
  readonly traces: readonly Trace[];
}

export async function measureCase(
  scalingCase: ScalingCase,
  rounds: number,
  log: (line: string) => void,
): Promise<MeasuredCase> {
  const throughput = await measureThroughput(scalingCase.network, rounds, log);
  const traces: Trace[] = [];
  for (const workers of workerCounts) traces.push(await trace(scalingCase.network, workers, log));
  return { scalingCase, throughput, traces };
}
