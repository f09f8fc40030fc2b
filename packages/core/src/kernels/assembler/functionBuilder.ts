import { ByteBuffer } from './byteBuffer.ts';
import { type Bound, type CountedLoop, firstPassRuns } from './countedLoop.ts';
import { InstructionBuilder } from './instructionBuilder.ts';
import { remark } from './listing.ts';
import type { Frame } from './operandStack.ts';
import {
  describeLetters,
  type FunctionRef,
  type Label,
  type Local,
  lettersOf,
  type ValueType,
  valueTypes,
} from './valueType.ts';

/** Block type of a block without a result. */
const emptyBlock = 0x40;

/**
 * Builds the body of one function: an instruction stream with structured control flow. Made by `ModuleBuilder.func`.
 *
 * ```ts
 * module.func('fill', ['i32', 'i32'], [], (f) => {
 *   const at = f.local('i32', 'at');
 *   f.countedLoop(at, { start: f.param(0), end: f.param(1), step: 16 }, () => {
 *     f.get(at).f32x4Const(1).store('v128.store');
 *   });
 * }, { export: true });
 * ```
 */
export class FunctionBuilder extends InstructionBuilder {
  #open(instruction: string, code: number, result: ValueType | undefined): Label {
    const letter = result === undefined ? '' : valueTypes[result].letter;
    this.code.u8(code);
    this.code.u8(result === undefined ? emptyBlock : valueTypes[result].byte);
    this.listing?.open(result === undefined ? instruction : `${instruction} (result ${result})`);
    return this.stack.open(letter, instruction === 'loop' ? '' : letter);
  }

  #settle(instruction: string): void {
    if (!this.stack.settle())
      this.misfit(`the end of ${instruction}`, describeLetters(this.stack.frame.results));
  }

  #close(instruction: string): this {
    this.#settle(instruction);
    this.stack.close();
    this.code.u8(0x0b);
    this.listing?.close('end');
    return this;
  }

  /** A block; a branch to its label leaves it. `result` is the type of the value it leaves behind, if any. */
  block(body: (exit: Label) => void, result?: ValueType): this {
    body(this.#open('block', 0x02, result));
    return this.#close('block');
  }

  /** A loop: a branch to its label starts the next pass, and falling off its end leaves it. */
  loop(body: (again: Label) => void, result?: ValueType): this {
    body(this.#open('loop', 0x03, result));
    return this.#close('loop');
  }

  /** Takes an i32 condition. With a result type both arms are needed, and both leave a value of that type. */
  ifElse(then: (exit: Label) => void, otherwise?: (exit: Label) => void, result?: ValueType): this {
    this.apply('if', 'i:');
    then(this.#open('if', 0x04, result));
    if (otherwise !== undefined) {
      this.#settle('if');
      this.code.u8(0x05);
      this.listing?.turn('else');
      otherwise(this.stack.reopen());
    } else if (result !== undefined) {
      this.refuse('if', 'no else', `an else that leaves ${result}`);
    }
    return this.#close('if');
  }

  #target(instruction: string, label: Label): Frame {
    return this.stack.target(label) ?? this.refuse(instruction, 'a label whose block is not open here');
  }

  #branch(instruction: string, code: number, label: Label): void {
    const distance = this.stack.depth - 1 - label.depth;
    this.code.u8(code);
    this.code.u32(distance);
    this.listing?.line(`${instruction} ${distance}`);
  }

  br(label: Label): this {
    const { branch } = this.#target('br', label);
    this.apply('br', `${branch}:`);
    this.#branch('br', 0x0c, label);
    this.stack.cut();
    return this;
  }

  /** Takes an i32 condition. */
  brIf(label: Label): this {
    const { branch } = this.#target('br_if', label);
    this.apply('br_if', `${branch}i:${branch}`);
    this.#branch('br_if', 0x0d, label);
    return this;
  }

  /** Takes the function's results. */
  return(): this {
    this.apply('return', `${lettersOf(this.ref.results)}:`);
    this.code.u8(0x0f);
    this.listing?.line('return');
    this.stack.cut();
    return this;
  }

  /** Traps. */
  unreachable(): this {
    this.code.u8(0x00);
    this.listing?.line('unreachable');
    this.stack.cut();
    return this;
  }

  call(target: FunctionRef): this {
    if (this.scope.functions[target.index] !== target)
      this.refuse('call', `a foreign function ${target.name}`);
    this.apply(`call ${target.name}`, target.signature);
    this.code.u8(0x10);
    this.code.u32(target.index);
    this.listing?.line(`call ${target.index}${remark(target.name)}`);
    return this;
  }

  #bound(bound: Bound): this {
    return typeof bound === 'number' ? this.i32Const(bound) : this.get(bound);
  }

  /**
   * `for (counter = start; counter test end; counter += step) body(counter)`, tested at the bottom, as TurboFan
   * likes a loop. Unless both bounds are constants or `atLeastOnce` is set, a guard around it tests the first pass.
   * Afterwards the counter holds the value that ended the loop. The body may not leave values on the stack.
   */
  countedLoop(counter: Local, range: CountedLoop, body: (counter: Local) => void): this {
    const { start, end, step = 1, test = 'i32.lt_u' } = range;
    const runs = firstPassRuns(range);
    if (typeof runs === 'string') this.refuse('a counted loop', runs);
    if (start !== undefined) this.#bound(start).set(counter);
    const passes = (): void => {
      this.loop((again) => {
        body(counter);
        this.get(counter).i32Const(step).op('i32.add').tee(counter).#bound(end).op(test).brIf(again);
      });
    };
    if (runs === true) passes();
    else if (runs === undefined) this.get(counter).#bound(end).op(test).ifElse(passes);
    return this;
  }

  /** Ends the body and returns it as the code section holds it: locals, instructions, end. */
  finish(): ByteBuffer {
    this.#settle('the function');
    this.code.u8(0x0b);
    const body = new ByteBuffer(this.code.length + 16);
    this.locals.encode(body);
    if (this.locals.declared.length > 0) this.listing?.first(`(local ${this.locals.declared.join(' ')})`);
    body.append(this.code);
    return body;
  }
}
