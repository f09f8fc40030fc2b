import { firstStep } from './firstStep.ts';
import { lanes } from './lanes.ts';
import { memory } from './memory.ts';
import type { Network } from './networks.ts';
import { profile } from './profile.ts';
import { throughput } from './throughput.ts';

export interface SectionOptions {
  /** Rounds that a median is taken of. */
  readonly rounds: number;
  readonly networks: readonly Network[];
  /** Tells of progress. */
  readonly log: (line: string) => void;
}

/** One part of the benchmark. */
export interface Section {
  /** What asks for it on the command line, without the dashes. */
  readonly flag: string;
  readonly title: string;
  measure(options: SectionOptions): Promise<{ readonly data: unknown; readonly markdown: string }>;
}

/** The first is what runs when none is asked for. */
export const sections: readonly Section[] = [throughput, lanes, profile, firstStep, memory];
