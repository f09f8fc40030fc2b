import type { ProgramPhase } from '@lockstep/core/rank';
import { expect, it } from 'vitest';
import { HostControl } from '../shared/index.ts';
import { SpanRing } from '../timeline/spanRing.ts';
import { FreeContext } from './freeContext.ts';
import { RowBoard } from './rowBoard.ts';

it('each phase of a step is seen to begin, recorded and failed by the number that the step has in the run', () => {
  const host = new HostControl(1, 0);
  const board = new RowBoard({ capacity: 2, workers: 1, threads: 1, slots: 1 });
  board.prepare([46, 47].map((number) => ({ program: 0, apply: 1, entry: 0, number })));
  const timeline = new SharedArrayBuffer(SpanRing.bytesFor(8));
  const bases = {
    parameters: 0,
    derived: 0,
    state: 0,
    steps: 0,
    results: 0,
    sums: 0,
    data: 0,
    constants: 0,
    activations: 0,
    scratch: 0,
  };
  const context = new FreeContext({
    programs: { rank: 0, size: 1, programs: [], bases },
    module: new WebAssembly.Module(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])),
    products: undefined,
    native: false,
    memory: new WebAssembly.Memory({ initial: 0 }),
    layout: { shared: bases, workers: [], extraBytes: 0, weights: { start: 0, length: 0 } },
    mode: { name: 'stale', bound: 4 },
    workers: 1,
    ordering: 'free',
    shares: [],
    updating: [[false, false], [true]],
    control: host.memory,
    ...board.memory,
    timeline,
    cpuProfile: undefined,
    command: host.commandNumber,
    deadline: 1000,
    chaos: [{ kind: 'throw', rank: 0, step: 47, phase: 2 }],
    chaosHappened: new SharedArrayBuffer(1),
    slow: undefined,
  });
  const seen: string[] = [];
  const look = (): number => {
    const { step, phase } = host.heartbeat(0);
    seen.push(`${step}.${phase}`);
    return 0;
  };
  const phase: ProgramPhase = { own: look, part: look, shared: () => {}, sharedPieces: 0 };
  const programs = [[phase, phase], [phase]];

  context.start(2, false);
  context.run(programs, 0, 0);
  let looks = 0;
  context.waitFor(() => ++looks > 2);
  context.run(programs, 1, 0);
  expect(seen).toEqual(['46.0', '46.1', '46.2']);
  const spans = new SpanRing(timeline).spans().map((span) => `${span.kind} ${span.step}.${span.phase}`);
  expect(spans).toEqual(['compute 46.0', 'compute 46.1', 'wait 46.1', 'update 46.2']);

  context.start(2, false);
  looks = 0;
  context.waitFor(() => ++looks > 2);
  expect(new SpanRing(timeline).spans().at(-1)).toMatchObject({ kind: 'wait', step: 46, phase: 2 });

  context.run(programs, 0, 1);
  expect(() => context.run(programs, 1, 1)).toThrow('rank 0 fails at step 47, 2');
});
