import type { Compilation } from '../compile/compile.ts';
import { arenaBytes } from '../compile/place.ts';
import {
  type AxisSplit,
  type Group,
  type Phase,
  type Program,
  type ProgramTensor,
  type Segment,
  segments,
} from '../compile/program.ts';
import { LockstepError } from '../errors.ts';
import {
  type FunctionBuilder,
  type FunctionRef,
  type GlobalRef,
  type Local,
  ModuleBuilder,
} from './assembler/index.ts';
import { type KernelCall, KernelLibrary } from './kernelLibrary.ts';
import { type ProductCode, ProductLibrary } from './x64/productCode.ts';

/** What the code is made for. None of it changes a bit of any result. */
export interface Target {
  /** 4 x 16 tiles, for engines that fuse pairs of 128-bit operations. */
  readonly wide: boolean;
  /** The memory is a SharedArrayBuffer. */
  readonly shared: boolean;
  /** Sums of products by x86-64 machine code with AVX-512, which the host has to be able to run. Default false. */
  readonly machineCode?: boolean;
}

/** Code for a run: plain data. */
export interface EmittedModule {
  /** A WebAssembly module. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What it calls as `lockstep.product`; undefined if nothing does. */
  readonly products: ProductCode | undefined;
}

const pageBytes = 65536;

/** Pages of 64 KiB that the arena takes. */
export function arenaPages(compilation: Compilation): number {
  const { bytes, workers, extraBytes = 0 } = compilation;
  return Math.ceil((arenaBytes(bytes, workers) + extraBytes) / pageBytes);
}

/**
 * Name of the function that makes pieces `from` to before `end` of a phase, counted over the shares of all workers:
 * (from, end, world size, step) -> 0, or 1 if the guard was not finite.
 */
export const phaseName = (program: string, phase: number): string => `${program}.${phase}`;

/**
 * Emits one WebAssembly module for all programs of a run, and the machine code of its products if the target has that. It imports `lockstep.memory` and, as immutable globals, the start of each
 * segment for the worker that instantiates it (`lockstep.<segment>`), and exports a function for each phase.
 */
export function emitModule(compilation: Compilation, target: Target): EmittedModule {
  const module = new ModuleBuilder();
  const pages = arenaPages(compilation);
  module.importMemory('lockstep', 'memory', { min: pages, max: pages, shared: target.shared });
  const bases = Object.fromEntries(
    segments.map((segment) => [segment, module.importGlobal('lockstep', segment)]),
  ) as Record<Segment, GlobalRef>;
  const products =
    target.machineCode === true
      ? {
          library: new ProductLibrary(),
          run: module.importFunction('lockstep', 'product', ['i32', 'i32', 'i32', 'i32', 'i32'], []),
        }
      : undefined;
  const library = new KernelLibrary(module, bases.scratch, target.wide, products);
  for (const program of compilation.programs)
    for (const [number, phase] of program.phases.entries())
      emitPhase(module, library, bases, program, phase, phaseName(program.name, number));
  return { bytes: module.toBytes(), products: products?.library.toCode() };
}

function emitPhase(
  module: ModuleBuilder,
  library: KernelLibrary,
  bases: Readonly<Record<Segment, GlobalRef>>,
  program: Program,
  phase: Phase,
  name: string,
): void {
  // Kernels are defined before the phase that calls them: a function body cannot hold another one's code.
  const calls = phase.groups.map((group) =>
    group.kernels.map((kernel) => library.define(program, kernel, group.chunk)),
  );
  module.func(
    name,
    ['i32', 'i32', 'i32', 'i32'],
    ['i32'],
    (f) => {
      for (const [at, group] of phase.groups.entries()) {
        if (phase.guard?.guardAfter === at) emitGuard(f, bases, program, phase.guard.tensor);
        emitGroup(f, bases, program, group, calls[at] ?? [], phase.pieces ?? 1);
      }
      if (phase.guard?.guardAfter === phase.groups.length) emitGuard(f, bases, program, phase.guard.tensor);
      f.i32Const(0);
    },
    { export: true },
  );
}

/** x - x is 0 for a finite x and NaN for any other. */
function emitGuard(
  f: FunctionBuilder,
  bases: Readonly<Record<Segment, GlobalRef>>,
  program: Program,
  id: number,
): void {
  const value = f.local('f32');
  pushAddress(f, bases, tensorOf(program, id), f.param(3));
  f.load('f32.load').set(value);
  f.get(value)
    .get(value)
    .op('f32.sub')
    .f32Const(0)
    .op('f32.ne')
    .ifElse(() => {
      f.i32Const(1).return();
    });
  f.release(value);
}

function tensorOf(program: Program, id: number): ProgramTensor {
  const tensor = program.tensors[id];
  if (tensor === undefined)
    throw new LockstepError('INTERNAL', `program ${program.name} has no tensor ${id}`);
  return tensor;
}

function pushAddress(
  f: FunctionBuilder,
  bases: Readonly<Record<Segment, GlobalRef>>,
  tensor: ProgramTensor,
  step: Local,
): void {
  const { place } = tensor;
  if (place === undefined) throw new LockstepError('INTERNAL', `tensor ${tensor.name} has no place`);
  f.globalGet(bases[place.segment]).i32Const(place.offset).op('i32.add');
  if (place.stepStride !== 0) f.get(step).i32Const(place.stepStride).op('i32.mul').op('i32.add');
}

function emitGroup(
  f: FunctionBuilder,
  bases: Readonly<Record<Segment, GlobalRef>>,
  program: Program,
  group: Group,
  calls: readonly KernelCall[],
  pieces: number,
): void {
  const [from, step] = [f.param(0), f.param(3)];
  const split = group.kernels[0]?.split;
  if (split === undefined) return;
  const callAll = (unit: Local | undefined, count: Local | undefined): void => {
    for (const { kernel, slots, unitElements } of calls) {
      for (const { tensor, bytesPerUnit } of slots) {
        pushAddress(f, bases, tensorOf(program, tensor), step);
        if (unit !== undefined && bytesPerUnit !== 0)
          f.get(unit).i32Const(bytesPerUnit).op('i32.mul').op('i32.add');
      }
      if (unit === undefined || count === undefined) f.i32Const(0).i32Const(1);
      else f.get(unit).i32Const(unitElements).op('i32.mul').get(count);
      f.call(kernel satisfies FunctionRef);
    }
  };
  if (split.kind === 'replicated') callAll(undefined, undefined);
  else if (split.kind === 'single')
    f.get(from)
      .op('i32.eqz')
      .ifElse(() => callAll(undefined, undefined));
  else {
    const [unit, end, count] = [f.local('i32'), f.local('i32'), f.local('i32')];
    emitUnits(f, split, pieces, unit, end);
    f.countedLoop(unit, { end, step: group.chunk }, () => {
      f.get(end).get(unit).op('i32.sub').set(count);
      if (group.chunk > 1)
        f.i32Const(group.chunk)
          .get(count)
          .i32Const(group.chunk)
          .get(count)
          .op('i32.lt_u')
          .select()
          .set(count);
      else f.i32Const(1).set(count);
      callAll(unit, count);
    });
    f.release(unit, end, count);
  }
}

/** Sets the range of units that falls to the pieces; see `unitsFor`. */
function emitUnits(f: FunctionBuilder, split: AxisSplit, pieces: number, unit: Local, end: Local): void {
  const [fromPiece, endPiece, size] = [f.param(0), f.param(1), f.param(2)];
  const { owner, units, shift = 0 } = split;
  if (owner !== undefined) {
    const first = f.local('i32');
    f.i32Const(owner.part).get(size).op('i32.mul').i32Const(owner.parts).op('i32.div_u');
    f.i32Const(pieces).op('i32.mul').set(first);
    f.i32Const(0).set(unit);
    f.i32Const(units).i32Const(0);
    f.get(first).get(fromPiece).op('i32.ge_u');
    f.get(first).get(endPiece).op('i32.lt_u').op('i32.and');
    f.select().set(end);
    f.release(first);
    return;
  }
  const setStart = (local: Local, piece: Local): void => {
    f.get(piece).i32Const(units).op('i32.mul');
    if (shift > 0) {
      f.i32Const(shift).get(size).op('i32.rem_u');
      f.i32Const(pieces).op('i32.mul').op('i32.add');
    }
    f.get(size).i32Const(pieces).op('i32.mul').op('i32.div_u').set(local);
  };
  setStart(unit, fromPiece);
  setStart(end, endPiece);
}
