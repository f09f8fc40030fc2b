import { type Kernel, ownPieces, type Phase, type Program } from '../compile/program.ts';
import { LockstepError } from '../errors.ts';
import type { Executor } from './executor.ts';
import { hostAccess, writeElements } from './hostAccess.ts';
import { type HostTensor, HostTensors, requireStep } from './hostTensors.ts';
import { type AxisRange, compileNest } from './nestRunner.ts';
import { float32 } from './precision.ts';
import type { BoundTensor } from './scalarUnit.ts';
import { SimulatedArena } from './simulatedArena.ts';
import { workItems } from './workItems.ts';

export interface SimulationOptions {
  readonly workers: number;
  /** Of the order in which the workers' items are interleaved. */
  readonly seed: number;
}

/** Integers from 0 to `below` - 1 in an order that looks random (Marsaglia 2003, "Xorshift RNGs"; 32 bits, 13/17/5). */
function xorshift(seed: number): (below: number) => number {
  let state = (seed ^ 0x9e3779b9) | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** A program whose nests are closures over the arena. */
class SimulatedProgram {
  readonly #program: Program;
  readonly #arena: SimulatedArena;
  readonly #tensors: ReadonlyMap<number, HostTensor>;
  readonly #runners = new Map<Kernel, (range?: AxisRange) => void>();

  constructor(program: Program, arena: SimulatedArena) {
    this.#program = program;
    this.#arena = arena;
    this.#tensors = new Map(program.tensors.map((tensor) => [tensor.id, { program, tensor }]));
    for (const target of this.#tensors.values()) {
      const { storage } = target.tensor;
      if (storage.kind === 'constant')
        writeElements(target.tensor, this.#arena.hostElements(target), storage.values);
    }
    for (const phase of program.phases)
      for (const { kernels } of phase.groups)
        for (const kernel of kernels) this.#runners.set(kernel, this.#compile(kernel));
  }

  #bind(id: number, kernel: string): BoundTensor {
    const target = this.#tensors.get(id);
    if (!target)
      throw new LockstepError('INTERNAL', `there is no tensor ${id} in program ${this.#program.name}`);
    return { tensor: target.tensor, elements: this.#arena.kernelElements(target, kernel) };
  }

  #compile({ nest }: Kernel): (range?: AxisRange) => void {
    return compileNest(nest, {
      precision: float32,
      cut: this.#program,
      tensor: (id) => this.#bind(id, nest.name),
    });
  }

  /**
   * Runs a phase with the workers' items in random order, and each of the pieces that any worker may make by a random one of
   * those that are done with what they had; whether all workers left the step at the guard.
   */
  runPhase(phase: Phase, workers: number, random: (below: number) => number): boolean {
    const { pieces: of = 1 } = phase;
    const own = ownPieces(of);
    const lists = Array.from({ length: workers }, (_, worker) => ({
      worker,
      items: workItems(phase, worker, workers, { from: 0, end: own, of }),
      next: 0,
    }));
    const shared = lists.flatMap(({ worker }) =>
      Array.from({ length: of - own }, (_, at) => ({ worker, from: own + at, end: own + at + 1, of })),
    );
    const left: number[] = [];
    const isBusy = ({ items, next }: (typeof lists)[number]): boolean => next < items.length;
    for (;;) {
      const busy = lists.filter((list) => isBusy(list) || (shared.length > 0 && left.length === 0));
      const list = busy[random(busy.length)];
      if (!list) break;
      if (!isBusy(list)) {
        const [piece] = shared.splice(random(shared.length), 1);
        if (piece) [list.items, list.next] = [workItems(phase, piece.worker, workers, piece), 0];
        continue;
      }
      const item = list.items[list.next];
      if (!item) break;
      list.next += 1;
      this.#arena.running.worker = list.worker;
      if (item.kind === 'kernel') this.#runners.get(item.kernel)?.(item.range);
      else if (!Number.isFinite(this.#bind(item.tensor, 'guard').elements.read(0))) {
        left.push(list.worker);
        list.next = list.items.length;
      }
    }
    if (left.length > 0 && left.length < workers)
      throw new LockstepError('INTERNAL', 'the workers do not agree whether the guard is finite', {
        got: `workers ${left.join(', ')} of ${workers} left the step`,
      });
    this.#arena.memory.barrier();
    return left.length > 0;
  }
}

/**
 * Runs compiled programs with the shares of several workers in one thread, interleaved at random inside each phase. It believes
 * nothing but what the program says (splits, layouts, places), and throws when the barriers do not order two workers'
 * accesses, when memory is read that holds no value or another tensor's, or when a worker would leave the step alone.
 *
 * @throws LockstepError INTERNAL for a program without places, DUPLICATE_NAME; `run` throws INTERNAL as said
 */
export function createSimulation(
  programs: readonly Program[],
  { workers, seed }: SimulationOptions,
): Executor {
  const hostTensors = new HostTensors(programs);
  const arena = new SimulatedArena(programs, workers);
  const simulated = new Map(programs.map((program) => [program.name, new SimulatedProgram(program, arena)]));
  const random = xorshift(seed);
  return {
    ...hostAccess(hostTensors, float32.floats, (target, step) => {
      arena.running.worker = 0;
      arena.running.step = step;
      return arena.hostElements(target);
    }),
    run: (name, step) => {
      const program = hostTensors.program(name);
      requireStep(program, step);
      arena.running.step = step;
      arena.startStep(program);
      const diverged = program.phases.some((phase) => simulated.get(name)?.runPhase(phase, workers, random));
      return diverged ? 'diverged' : 'done';
    },
  };
}
