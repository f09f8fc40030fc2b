import { LockstepError } from '@lockstep/core';
import { definitionOf, type FreeMode } from './modes.ts';
import { type OrderEntry, OrderLog } from './orderLog.ts';

/** What the order of a row has to fit. */
export interface ReplayedRow {
  readonly mode: FreeMode;
  readonly workers: number;
  /** Its number in the record, from 0. */
  readonly number: number;
  /** No row of the record comes after it: it may have ended at a loss that was not finite. */
  readonly isLast: boolean;
  /** Steps that the run has for it. */
  readonly units: number;
}

/** Sections as they can follow each other. */
class Sections {
  readonly #row: ReplayedRow;
  readonly #slots: number;
  /** Who has read for each step, and whether it was applied. */
  readonly #steps: { readonly worker: number; isApplied: boolean }[] = [];
  /** Steps by worker. */
  readonly #own: number[][];

  constructor(row: ReplayedRow) {
    this.#row = row;
    this.#slots = definitionOf(row.mode).slots(row.mode);
    this.#own = Array.from({ length: row.workers }, () => []);
  }

  get isWhole(): boolean {
    return this.#steps.every(({ isApplied }) => isApplied);
  }

  /** Takes the next one; what is wrong with it, if anything. */
  take({ kind, worker, unit }: OrderEntry): string | undefined {
    return kind === 'read' ? this.#read(worker, unit) : this.#apply(worker, unit);
  }

  #read(worker: number, unit: number): string | undefined {
    const { workers, units } = this.#row;
    const own = this.#own[worker];
    if (own === undefined) return `worker ${worker} of ${workers}`;
    if (unit >= units) return `step ${unit} of ${units}`;
    // Steps are claimed one after another, in the section that reads for them.
    if (unit !== this.#steps.length) return `step ${unit} after ${this.#steps.length} steps`;
    const before = own.at(-this.#slots);
    if (before !== undefined && this.#steps[before]?.isApplied !== true)
      return `step ${unit} before step ${before} of the same worker was applied`;
    own.push(unit);
    this.#steps.push({ worker, isApplied: false });
    return undefined;
  }

  #apply(worker: number, unit: number): string | undefined {
    const { mode, workers } = this.#row;
    const step = this.#steps[unit];
    if (step === undefined || step.isApplied) return `step ${unit} applied without being read for`;
    const wanted = definitionOf(mode).helpers > 0 ? workers : step.worker;
    if (worker !== wanted) return `step ${unit} applied by thread ${worker} instead of ${wanted}`;
    step.isApplied = true;
    return undefined;
  }
}

function refuse(number: number, got: string): never {
  throw new LockstepError('BAD_OPTION', 'the record does not fit the run', {
    where: { field: 'replay' },
    got: `row ${number} of the record: ${got}`,
    hint: 'Replay with the run, the mode with its options, and as many workers as the record was made with.',
  });
}

/**
 * Throws unless a row of a run can be made in the order of a record: its workers have all of its sections, and find what each
 * section needs. A row may end before all steps of the run's have been: it was stopped there.
 *
 * @param order - as `OrderLog` has it
 * @throws LockstepError BAD_OPTION
 */
export function checkReplay(order: Int32Array, row: ReplayedRow): void {
  const sections = new Sections(row);
  for (const entry of OrderLog.entriesOf(order)) {
    const wrong = entry === undefined ? 'an entry that is none' : sections.take(entry);
    if (wrong !== undefined) refuse(row.number, wrong);
  }
  if (!row.isLast && !sections.isWhole) refuse(row.number, 'a step that is never applied');
}
