import type { LayerSummary, Run, RunInspection } from '@lockstep/core';
import { memoryKinds } from '@lockstep/core/engine';
import type { RunDescription } from '@lockstep/core/io';
import { alignedTable } from '../report/alignedTable.ts';
import { count, number, plural } from '../report/describe.ts';
import { byteSize, metricSize } from '../report/units.ts';
import { inline } from './plainText.ts';

export interface InspectedRun {
  readonly run: Run;
  readonly inspection: RunInspection;
  /** Of the first and the last step, without what steers it. */
  readonly learningRates: { readonly first: number; readonly last: number };
  /** What the run's options resolved to. */
  readonly configuration: RunDescription;
}

const shapeOf = (shape: readonly number[]): string => `[${shape.join(', ')}]`;
const orDash = (value: number): string => (value === 0 ? '-' : count(value));

function dataLines({ train, validation, batchSize, epochs }: Run, inspection: RunInspection): string[] {
  const { stepsPerEpoch, steps } = inspection;
  const judged = validation === undefined ? 'none held out' : `${count(validation.rows)} held out`;
  const fields = Object.entries(train.fields).map(([name, { shape, dtype, classes, preprocessing }]) => [
    `  ${name}`,
    `${dtype} ${shapeOf(shape)}${classes === undefined ? '' : `, ${count(classes)} classes`}${preprocessing === undefined ? '' : ', preprocessed'}`,
  ]);
  return [
    `data: ${count(train.rows)} rows to train on${train.stream === undefined ? '' : ', streamed'}, ${judged}`,
    ...alignedTable(fields, [0, 1]),
    `${plural(epochs, 'epoch')} of ${plural(stepsPerEpoch, 'step')} of ${plural(batchSize, 'row')}: ${plural(steps, 'step')} in all`,
  ];
}

function layerLines({ layers, totals, flops }: RunInspection): string[] {
  const row = ({ path, kind, outputShape, uses, ...layer }: LayerSummary): string[] => [
    path === '' ? '(in no layer)' : path,
    `${kind}${uses === 1 ? '' : `, ${uses} times`}`,
    shapeOf(outputShape),
    orDash(layer.parameters),
    orDash(layer.statistics),
    orDash(layer.flops),
  ];
  return [
    ...alignedTable(
      [
        ['layer', 'kind', 'output', 'parameters', 'statistics', 'FLOPs a row'],
        ...layers.map(row),
        ['total', '', '', count(totals.parameters), orDash(totals.statistics), count(flops.row)],
      ],
      [0, 1, 2],
    ),
    `${count(totals.trained)} parameters are trained, ${count(totals.frozen)} frozen`,
    `FLOPs, a multiply-add being 2: ${metricSize(flops.row)} to predict a row, ${metricSize(flops.step)} a training step (forward, backward, update), ${metricSize(flops.epoch)} an epoch`,
  ];
}

function memoryLines({ memory, workers }: RunInspection): string[] {
  const kinds = Object.entries(memoryKinds) as [keyof typeof memoryKinds, string][];
  const rows = kinds.map(([kind, what]) => [
    `  ${kind}`,
    memory.bytes[kind] === 0 ? '-' : byteSize(memory.bytes[kind]),
    what,
  ]);
  return [
    `memory for ${plural(workers, 'worker')}: ${byteSize(memory.total)}`,
    ...alignedTable(rows, [0, 2]),
  ];
}

function programLines({ compilation: { programs } }: RunInspection): readonly string[] {
  const rows = programs.map(({ name, batchSize, steps, phases }) => {
    const kernels = phases.flatMap(({ groups }) => groups.flatMap((group) => group.kernels));
    return [name, orDash(batchSize), count(steps), count(phases.length), count(kernels.length)];
  });
  return alignedTable([['program', 'rows', 'entries', 'phases', 'kernels'], ...rows], [0]);
}

/** A run, as text for people. */
export function runLines({ run, inspection, learningRates, configuration }: InspectedRun): readonly string[] {
  const { first, last } = learningRates;
  const { losses, metrics, optimizer, parameterGroups } = configuration;
  const rate =
    first === last ? number(first) : `${number(first)} at the first step, ${number(last)} at the last`;
  return [
    `${run.name}: ${plural(run.lanes, 'lane')}, seed ${run.seed}, numerics ${run.numerics}`,
    ...dataLines(run, inspection),
    `loss: ${inline(losses)}`,
    `metrics: ${run.options.metrics === undefined ? 'none' : inline(metrics)}`,
    `optimizer: ${inline(optimizer)}; learning rate ${rate}`,
    ...(Array.isArray(parameterGroups) && parameterGroups.length > 0
      ? [`groups: ${inline(parameterGroups)}`]
      : []),
    '',
    ...layerLines(inspection),
    '',
    ...memoryLines(inspection),
    '',
    ...programLines(inspection),
    `--program prints the program of a training step, --graph its graph, --of <name> those of another`,
  ];
}
