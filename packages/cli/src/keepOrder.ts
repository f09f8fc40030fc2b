import { LockstepError, type Run, type StartEvent } from '@lockstep/core';
import { type Mode, recordableModes, type TrainOptions } from '@lockstep/parallel';
import type { Command } from 'commander';
import { addGroup } from './help.ts';
import { openOrderFile, readOrderFile } from './orderFile.ts';

/** Flags that say whether the order of updates is kept, or was. */
export interface OrderFlags {
  readonly record?: string;
  readonly replay?: string;
  readonly resume?: string | true;
}

/** Gives a command the flags that keep the order of updates. */
export function addOrderFlags(command: Command): Command {
  return addGroup(command, 'Modes (docs/modes.md):', (group) =>
    group
      .option('--record <file>', 'keep the order of updates (hogwild, stale, server), to replay the run')
      .option('--replay <file>', 'make the updates in the order of a record: the same bits'),
  );
}

/** What a run is told of its order of updates, and is told by it. */
export interface KeptOrder {
  readonly options: Pick<TrainOptions, 'onOrder' | 'replay' | 'workers'>;
  readonly begin: (event: StartEvent) => void;
  /** Aborted, with the error, once the record cannot be written: the run is to end in order, and be saved. */
  readonly signal: AbortSignal;
  close(): void;
}

/**
 * Opens the record of a run, or reads it.
 *
 * @throws LockstepError BAD_OPTION for a mode whose bits do not depend on any order; BAD_RECORD, NOT_WRITABLE
 */
export async function keepOrder(
  run: Run,
  mode: Mode,
  { record, replay, resume }: OrderFlags,
): Promise<KeptOrder> {
  const flag = record === undefined ? '--replay' : '--record';
  const failure = new AbortController();
  const { signal } = failure;
  const nothing = { begin: () => {}, signal, close: () => {} };
  if (record === undefined && replay === undefined) return { ...nothing, options: {} };
  if (record !== undefined && replay !== undefined)
    throw new LockstepError('BAD_OPTION', 'a run either keeps an order or follows one', {
      where: { field: '--record' },
      got: '--record and --replay',
      hint: 'Leave one of them out: a replay has the order that it follows.',
    });
  if (!recordableModes.includes(mode.name))
    throw new LockstepError('BAD_OPTION', 'the bits of this mode depend on no order', {
      where: { field: flag },
      got: `--mode ${mode.name}`,
      wanted: `--mode ${recordableModes.join(', ')}`,
      hint: `Leave ${flag} out: with --mode ${mode.name} a run has the same bits again without it.`,
    });
  if (resume !== undefined)
    throw new LockstepError('BAD_OPTION', 'a record is of a whole run', {
      where: { field: flag },
      got: '--resume',
      hint: 'Leave --resume out, and start at step 0.',
    });
  if (replay !== undefined) {
    const { orders, workers } = await readOrderFile(replay, run, mode);
    return { ...nothing, options: { replay: orders, workers } };
  }
  const { describeRun } = await import('@lockstep/core/io');
  const file = openOrderFile(record ?? '');
  return {
    options: {
      onOrder: (order) => {
        if (signal.aborted) return;
        try {
          file.write(order);
        } catch (error) {
          failure.abort(error);
        }
      },
    },
    signal,
    begin: ({ workers }) => file.begin({ run: run.name, mode, workers, configuration: describeRun(run) }),
    close: file.close,
  };
}
