import { describeType } from '../graph/print.ts';
import { printNest } from '../nest/print.ts';
import { bytesOf } from './place.ts';
import type { Layout, Program, ProgramTensor, Split } from './program.ts';

/** What a tensor's memory is, in words. */
export function describeStorage({ storage }: ProgramTensor): string {
  switch (storage.kind) {
    case 'variable':
      return storage.role;
    case 'derived':
      return `copy of ${storage.path}`;
    case 'constant':
      return `constant of ${storage.values.length}`;
    default:
      return storage.kind;
  }
}

/** Digits most significant first, each as extent:stride; axes are separated by commas. */
function describeLayout({ axes }: Layout): string {
  const digits = axes.map((axis) =>
    axis
      .toReversed()
      .map(({ extent, stride }) => `${extent}:${stride}`)
      .join(' '),
  );
  return `(${digits.join(', ')})`;
}

function describePlace(tensor: ProgramTensor): string {
  const { place } = tensor;
  if (!place) return '';
  const each = place.stepStride === 0 ? '' : ` + step * ${place.stepStride}`;
  return ` at ${place.segment} + ${place.offset}${each}, ${bytesOf(tensor)} bytes`;
}

/** How a kernel is shared between workers, in words. */
export function describeSplit(split: Split): string {
  return split.kind === 'axis'
    ? `axis ${'ijklmnop'[split.axis] ?? split.axis} in ${split.units} units of ${split.unit}${split.shift === undefined ? '' : `, shifted by ${split.shift}`}`
    : split.kind;
}

/**
 * A program as text: its tensors (once they have places, those that have one), each with its layout, place and bytes, then phase
 * by phase the groups and their loop nests as pseudo-code.
 */
export function printProgram(program: Program): string {
  const { name, batchSize, lanes, steps, tensors, phases } = program;
  const names = new Map(tensors.map((tensor) => [tensor.id, tensor.name]));
  const tensorName = (id: number): string => names.get(id) ?? `tensor${id}`;
  const lines = [`program ${name}: batch size ${batchSize}, ${lanes} lanes, ${steps} steps`];
  const isPlaced = tensors.some(({ place }) => place !== undefined);
  for (const tensor of tensors.filter(({ place }) => !isPlaced || place !== undefined))
    lines.push(
      `  ${tensor.name}: ${describeType(tensor)}, ${describeStorage(tensor)} ${describeLayout(tensor.layout)}${describePlace(tensor)}`,
    );
  for (const [number, { groups, guard }] of phases.entries()) {
    lines.push(`phase ${number}`);
    for (let at = 0; at <= groups.length; at++) {
      if (guard?.guardAfter === at)
        lines.push(`  leave the step unless ${tensorName(guard.tensor)} is finite`);
      const group = groups[at];
      if (!group) continue;
      lines.push(`  group, ${group.chunk} units at once`);
      for (const { nest, split } of group.kernels)
        lines.push(
          `    split ${describeSplit(split)}`,
          ...printNest(nest, tensorName)
            .split('\n')
            .map((line) => `    ${line}`),
        );
    }
  }
  return `${lines.join('\n')}\n`;
}
