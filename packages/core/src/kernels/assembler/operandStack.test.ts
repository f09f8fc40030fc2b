import { describe, expect, it } from 'vitest';
import { LockstepError } from '../../errors.ts';
import { ByteBuffer } from './byteBuffer.ts';
import {
  type FunctionBuilder,
  type GlobalRef,
  type Label,
  type Local,
  ModuleBuilder,
  type ValueType,
} from './index.ts';
import { OperandStack } from './operandStack.ts';
import type { Label as FrameLabel } from './valueType.ts';

/** The message of the internal error a generator gets for a wrong body of `() -> ()`, or `results`. */
function refusal(body: (f: FunctionBuilder) => void, results: readonly ValueType[] = []): string {
  const module = new ModuleBuilder();
  module.importMemory('host', 'memory', { min: 1 });
  try {
    module.func('dense_64', [], results, body);
  } catch (error) {
    if (!(error instanceof LockstepError)) throw error;
    expect(error.code).toBe('INTERNAL');
    return error.message;
  }
  return 'accepted';
}

/** Something a body may not keep, smuggled out of another one. */
function smuggled<Thing>(take: (f: FunctionBuilder) => Thing): Thing {
  const taken: Thing[] = [];
  new ModuleBuilder().func('other', [], [], (f) => {
    taken.push(take(f));
  });
  return taken[0]!;
}

describe('a generator that makes a mistake is told where', () => {
  it('operands of the wrong type', () => {
    expect(refusal((f) => f.i32Const(1).f32x4Const(1).op('f32x4.add').drop())).toBe(
      'cannot emit f32x4.add in function dense_64: got [i32, v128], wanted [v128, v128]',
    );
    expect(refusal((f) => f.f32Const(1).set(f.local('v128')))).toContain(
      'cannot emit local.set in function dense_64: got [f32], wanted [v128]',
    );
    expect(refusal((f) => f.i32Const(0).i32Const(0).store('v128.store'))).toContain(
      'got [i32, i32], wanted [i32, v128]',
    );
    expect(refusal((f) => f.f64Const(0).load('f32.load').drop())).toContain('cannot emit f32.load');
    expect(refusal((f) => f.i32Const(0).f32Const(1).i32Const(1).select().drop())).toContain(
      'cannot emit select',
    );
    expect(refusal((f) => f.f32Const(1).ifElse(() => undefined))).toContain('cannot emit if');
  });

  it('operands that are not there', () => {
    expect(refusal((f) => f.i32Const(1).op('i32.add'))).toContain('got [i32], wanted [i32, i32]');
    expect(refusal((f) => f.drop())).toContain('got [], wanted [any]');
    expect(
      refusal((f) =>
        f
          .i32Const(1)
          .block(() => f.drop())
          .drop(),
      ),
    ).toContain('cannot emit drop');
    expect(refusal((f) => f.return(), ['f32'])).toContain('cannot emit return in function dense_64: got []');
  });

  it('values left over or missing at an end', () => {
    expect(refusal((f) => f.i32Const(1).f32Const(1), ['f32'])).toContain('got [i32, f32], wanted [f32]');
    expect(refusal((f) => f.i32Const(1))).toContain(
      'the end of the function in function dense_64: got [i32]',
    );
    expect(refusal(() => undefined, ['f64'])).toContain('got [], wanted [f64]');
    expect(refusal((f) => f.loop(() => f.i32Const(1)))).toContain('the end of loop');
    const arms = (f: FunctionBuilder): FunctionBuilder =>
      f.i32Const(1).ifElse(
        () => f.i32Const(1),
        () => f.f32Const(1),
        'i32',
      );
    expect(refusal((f) => arms(f).drop())).toContain(
      'the end of if in function dense_64: got [f32], wanted [i32]',
    );
    expect(refusal((f) => f.i32Const(1).ifElse(() => f.i32Const(1), undefined, 'i32'))).toContain('no else');
  });

  it('immediates out of range', () => {
    expect(refusal((f) => f.i32Const(2 ** 32))).toContain('got 4294967296');
    expect(refusal((f) => f.i32Const(0.5))).toContain('cannot emit i32.const');
    expect(refusal((f) => f.i64Const(2n ** 64n))).toContain('cannot emit i64.const');
    expect(refusal((f) => f.v128Const([1, 2, 3]))).toContain('got 3 lanes');
    expect(refusal((f) => f.v128Const([1, 2, 3, 2 ** 32]))).toContain('got lane 4294967296');
    expect(refusal((f) => f.i32Const(0).load('v128.load', 2 ** 32))).toContain('got offset 4294967296');
    expect(refusal((f) => f.i32Const(0).load('v128.load', -1))).toContain('got offset -1');
    expect(refusal((f) => f.i32Const(0).load('v128.load', 0, 32))).toContain('a power of two up to 16');
    expect(refusal((f) => f.i32Const(0).load('v128.load', 0, 3))).toContain('got alignment 3');
    expect(refusal((f) => f.f32x4Const(0).extractLane('f32x4.extract_lane', 4))).toContain('from 0 to 3');
    expect(refusal((f) => f.f32x4Const(0).f32x4Const(0).shuffle([0]))).toContain('got 1 lanes, wanted 16');
    expect(refusal((f) => f.f32x4Const(0).f32x4Const(0).shuffle(Array(16).fill(32)))).toContain(
      'got lane 32',
    );
  });

  it('locals that are released or of another function', () => {
    const reuse = (f: FunctionBuilder): void => {
      const first: Local = f.local('i32', 'row');
      f.release(first);
      f.local('i32', 'column');
      f.get(first);
    };
    expect(refusal(reuse)).toContain(
      'cannot emit local.get 0 row in function dense_64: got a local that was released',
    );
    const foreign = smuggled((f) => f.local('i32'));
    expect(refusal((f) => f.get(foreign))).toContain('local that was released or is foreign');
    expect(refusal((f) => f.get(f.param(0)))).toContain('got 0 parameters');
  });

  it('labels of a closed block, and functions and globals of another module', () => {
    const closed: Label[] = [];
    const late = (f: FunctionBuilder): void => {
      f.block((label) => {
        closed.push(label);
      });
      f.block(() => f.br(closed[0]!));
    };
    expect(refusal(late)).toContain(
      'cannot emit br in function dense_64: got a label whose block is not open here',
    );
    const stranger = smuggled((f) => f.ref);
    expect(refusal((f) => f.call(stranger))).toContain('a foreign function other');
    const global: GlobalRef = new ModuleBuilder().importGlobal('host', 'base');
    expect(refusal((f) => f.globalGet(global))).toContain('a foreign global base');
  });
});

interface Step {
  readonly bytes: readonly number[];
  /** What the checker says; false if it refuses. */
  readonly check: (stack: OperandStack, labels: FrameLabel[]) => boolean;
}

function simple(signature: string, ...bytes: number[]): Step {
  return { bytes, check: (stack) => stack.apply(signature) };
}

function opening(code: number, type: number, results: string): Step {
  return {
    bytes: [code, type],
    check: (stack, labels) => {
      if (code === 0x04 && !stack.apply('i:')) return false;
      labels.push(stack.open(results, code === 0x03 ? '' : results));
      return true;
    },
  };
}

function branch(code: number, distance: number): Step {
  return {
    bytes: [code, distance],
    check: (stack, labels) => {
      const label = labels.at(-1 - distance);
      const frame = label === undefined ? undefined : stack.target(label);
      if (frame === undefined) return false;
      const fits = stack.apply(code === 0x0d ? `${frame.branch}i:${frame.branch}` : `${frame.branch}:`);
      if (fits && code === 0x0c) stack.cut();
      return fits;
    },
  };
}

const end: Step = {
  bytes: [0x0b],
  check: (stack, labels) => {
    if (labels.length < 2 || !stack.settle()) return false;
    labels.pop();
    stack.close();
    return true;
  },
};

const dropping: Step = { bytes: [0x1a], check: (stack) => stack.drop() };
const makingI32 = simple(':i', 0x41, 5);
const makingF32 = simple(':f', 0x43, 0, 0, 0, 0);

/** Drops what is in the frame and makes what it should leave behind. */
function tidying(stack: OperandStack): Step[] {
  const made = Array.from(stack.frame.results, (letter) => (letter === 'i' ? makingI32 : makingF32));
  return [...Array<Step>(stack.letters().length).fill(dropping), ...made];
}

const steps: readonly Step[] = [
  makingI32,
  makingI32,
  makingF32,
  simple(':v', 0x41, 0, 0xfd, 0x11),
  simple('ii:i', 0x6a),
  simple('ff:f', 0x92),
  simple('vv:v', 0xfd, 0xe4, 0x01),
  simple('f:v', 0xfd, 0x13),
  simple('v:i', 0xfd, 0x53),
  dropping,
  { bytes: [0x1b], check: (stack) => stack.select() },
  opening(0x02, 0x40, ''),
  opening(0x02, 0x7f, 'i'),
  opening(0x03, 0x40, ''),
  opening(0x03, 0x7d, 'f'),
  opening(0x04, 0x40, ''),
  branch(0x0c, 0),
  branch(0x0c, 1),
  branch(0x0d, 0),
  branch(0x0d, 1),
  end,
  end,
  {
    bytes: [0x00],
    check: (stack) => {
      stack.cut();
      return true;
    },
  },
];

/** A module with one function `() -> f32` of these instructions. */
function moduleOf(instructions: readonly number[]): Uint8Array<ArrayBuffer> {
  const body = new ByteBuffer();
  body.raw(Uint8Array.of(0, ...instructions, 0x0b));
  const code = new ByteBuffer();
  code.u8(1);
  code.sized(body);
  const out = new ByteBuffer();
  out.raw(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7d, 3, 2, 1, 0, 10));
  out.sized(code);
  return out.toBytes();
}

/** Park and Miller's minimal standard generator. */
function randomIntegers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
}

describe('the checker', () => {
  it('accepts exactly the programs that V8 accepts', () => {
    const pick = randomIntegers(20);
    const verdicts = { accepted: 0, refused: 0 };
    for (let program = 0; program < 6000; program++) {
      const stack = new OperandStack('f');
      const labels: FrameLabel[] = [stack.frame.label];
      const bytes: number[] = [];
      let accepted = true;
      // Mostly tries until a step fits, so that programs get long; now and then takes the first.
      for (let left = 30, tries = 0; left > 0 && accepted; left--) {
        const step = steps[pick(steps.length)]!;
        const fits = step.check(stack, labels);
        tries = fits ? 0 : tries + 1;
        if (!fits && pick(20) > 0 && tries < 40) continue;
        bytes.push(...step.bytes);
        accepted = fits;
      }
      // Half of the programs that are legal so far get a tidy end, the others whatever they left.
      const tidy = pick(2) === 0;
      while (accepted) {
        if (tidy) {
          for (const step of tidying(stack)) {
            step.check(stack, labels);
            bytes.push(...step.bytes);
          }
        }
        if (labels.length === 1) break;
        accepted = end.check(stack, labels);
        bytes.push(...end.bytes);
      }
      accepted &&= stack.settle();
      expect(WebAssembly.validate(moduleOf(bytes)), `${accepted} for ${bytes}`).toBe(accepted);
      verdicts[accepted ? 'accepted' : 'refused']++;
    }
    expect(verdicts.accepted).toBeGreaterThan(300);
    expect(verdicts.refused).toBeGreaterThan(300);
  });
});
