import { basename } from 'node:path';
import type { EpochEvent, RunState } from '@lockstep/core';
import type { CheckpointInspection, Json, RunDescription, TensorSummary } from '@lockstep/core/io';
import { alignedTable } from '../report/alignedTable.ts';
import { count, describeDone, number, plural } from '../report/describe.ts';
import { byteSize } from '../report/units.ts';
import type { SavedFolder } from './inspectSavedRun.ts';
import { inline, isObject } from './plainText.ts';

/** Whole epochs that are shown, newest last. */
const mostEpochs = 10;

function textOf(value: Json | undefined): string {
  if (value === undefined) return 'unknown';
  return typeof value === 'string' ? value : inline(value);
}

function origin({ started, versions, platform, runFile, changes, workers }: RunDescription): string[] {
  const { lockstep, node } = isObject(versions) ? versions : {};
  const hasChanges = isObject(changes) && Object.keys(changes).length > 0;
  return [
    `begun ${textOf(started)} by lockstep ${textOf(lockstep)} on Node.js ${textOf(node)}, ${textOf(platform)}`,
    `run file ${textOf(runFile)}${hasChanges ? `, changed: ${inline(changes)}` : ''}; workers ${textOf(workers)}`,
  ];
}

/** What is in the folder of a run. */
export function folderLines({ path, description, checkpoints }: SavedFolder): readonly string[] {
  const rows = checkpoints.map(({ file, bytes, error }) => [
    `  ${basename(file)}`,
    byteSize(bytes),
    error === undefined ? 'whole' : `${error.code}: ${error.got ?? error.what}`,
  ]);
  return [
    `${path}: ${description === undefined ? 'without run.json' : textOf(description['name'])}`,
    ...(description === undefined ? [] : origin(description)),
    checkpoints.length === 0 ? 'no checkpoint yet' : plural(checkpoints.length, 'checkpoint'),
    ...alignedTable(rows, [0, 2]),
  ];
}

function epochTable(history: readonly EpochEvent[]): readonly string[] {
  const shown = history.slice(-mostEpochs);
  const [first] = shown;
  if (first === undefined) return [];
  const names = Object.keys(first.metrics);
  const judged = Object.keys(first.valMetrics ?? {});
  const hasValidation = first.valLoss !== undefined;
  const heads = [
    'epoch',
    'loss',
    ...names,
    ...(hasValidation ? ['val loss'] : []),
    ...judged.map((name) => `val ${name}`),
  ];
  const row = ({ epoch, loss, metrics, valLoss, valMetrics }: EpochEvent): string[] => [
    count(epoch),
    ...[
      loss,
      ...names.map((name) => metrics[name]),
      ...(hasValidation ? [valLoss] : []),
      ...judged.map((name) => valMetrics?.[name]),
    ].map((value) => number(value ?? Number.NaN)),
  ];
  return [
    ...(shown.length < history.length
      ? [`the last ${shown.length} of ${plural(history.length, 'epoch')}:`]
      : []),
    ...alignedTable([heads, ...shown.map(row)]),
    '',
  ];
}

function tensorTable(tensors: readonly TensorSummary[]): readonly string[] {
  const row = ({
    set,
    path,
    role,
    shape,
    dtype,
    bytes,
    checksum,
    norm,
    min,
    max,
    notFinite,
  }: TensorSummary): string[] => [
    set === 'best' ? `${path} (best)` : path,
    role,
    `${dtype} [${shape.join(', ')}]`,
    byteSize(bytes),
    checksum,
    number(norm),
    number(min),
    number(max),
    notFinite === 0 ? '' : `${count(notFinite)} not finite`,
  ];
  return alignedTable(
    [['tensor', 'role', 'type', 'size', 'CRC-32C', 'norm', 'min', 'max', ''], ...tensors.map(row)],
    [0, 1, 2],
  );
}

function descriptionLines(title: string, description: RunDescription): readonly string[] {
  const rows = Object.entries(description).map(([name, value]) => [`  ${name}`, inline(value)]);
  return rows.length === 0 ? [] : ['', title, ...alignedTable(rows, [0, 1])];
}

/** How far a run has come. */
function progress({ checkpoint }: CheckpointInspection): string {
  const { step, stepsMade, history, epoch } = checkpoint.state.loop;
  const inEpoch =
    step === 0 || history.length > epoch ? '' : `, and ${plural(step, 'step')} of epoch ${count(epoch + 1)}`;
  const isOver = checkpoint.done === undefined ? 'not over' : 'over';
  return `step ${count(stepsMade)}: ${plural(history.length, 'whole epoch')}${inEpoch}; the run is ${isOver}`;
}

function modeText(mode: RunState['mode']): string {
  if (mode === undefined) return '';
  const { name, ...options } = mode;
  return `, mode ${name}${Object.keys(options).length === 0 ? '' : ` ${inline(options)}`}`;
}

/** What a checkpoint holds. */
export function checkpointLines(
  file: string,
  inspection: CheckpointInspection,
  description?: RunDescription,
): readonly string[] {
  const { formatVersion, bytes, checkpoint, tensors, weightsHash } = inspection;
  const { name, seed, numericsVersion, state, done, configuration, preprocessing } = checkpoint;
  const { fields, ...encoding } = preprocessing;
  // They are there with their preprocessing.
  const { fields: _fields, ...options } = configuration;
  return [
    `${file}: ${name}, seed ${seed}${modeText(state.mode)}`,
    ...(description === undefined ? [] : origin(description)),
    `format ${formatVersion}, numerics version ${numericsVersion}, ${byteSize(bytes)}; every checksum fits`,
    progress(inspection),
    ...(done === undefined ? [`weights ${weightsHash}`] : describeDone(done)),
    '',
    ...epochTable(state.loop.history),
    ...tensorTable(tensors),
    ...descriptionLines('preprocessing', { ...(isObject(fields) && fields), ...encoding }),
    ...descriptionLines('configuration', options),
  ];
}
