import type { Label } from './valueType.ts';

/** A control frame: the function body, or a block, loop or arm of an if that is open. */
export interface Frame {
  readonly label: Label;
  /** Letters of the values the frame leaves behind at its end. */
  readonly results: string;
  /** Letters of the values a branch to the frame's label takes: the results, or nothing for a loop. */
  readonly branch: string;
  /** Height of the operand stack when the frame was opened. */
  readonly base: number;
  /** After an unconditional branch: the rest of the frame may pop values of any type. */
  unreachable: boolean;
}

/** Stands for a value whose type is not known, popped in unreachable code. */
const anyType = 0;
const letterI = 0x69;

/**
 * The types of the values on the operand stack, by the validation algorithm in the appendix of the WebAssembly
 * specification. Types are the char codes of the letters in a signature, so that the tables need no parsing.
 * Methods that check return false and leave the stack as it was when the operands do not fit.
 */
export class OperandStack {
  #types = new Uint8Array(64);
  #height = 0;
  readonly #frames: Frame[] = [];
  #frame: Frame;

  /** @param results letters of what the function returns */
  constructor(results: string) {
    this.#frame = { label: { depth: 0 }, results, branch: results, base: 0, unreachable: false };
    this.#frames.push(this.#frame);
  }

  /** Number of open frames, the function body included. */
  get depth(): number {
    return this.#frames.length;
  }

  get frame(): Frame {
    return this.#frame;
  }

  /** The frame a label stands for, if it is open. */
  target(label: Label): Frame | undefined {
    const frame = this.#frames[label.depth];
    return frame?.label === label ? frame : undefined;
  }

  #push(type: number): void {
    if (this.#height === this.#types.length) {
      const grown = new Uint8Array(2 * this.#height);
      grown.set(this.#types);
      this.#types = grown;
    }
    this.#types[this.#height++] = type;
  }

  /** The popped type, or -1 if the frame has no value left. */
  #pop(): number {
    if (this.#height > this.#frame.base) return this.#types[--this.#height] ?? anyType;
    return this.#frame.unreachable ? anyType : -1;
  }

  /** Pops the operands of a signature such as `vv:v` and pushes its results. */
  apply(signature: string): boolean {
    const before = this.#height;
    const colon = signature.indexOf(':');
    const { base, unreachable } = this.#frame;
    for (let k = colon - 1; k >= 0; k--) {
      if (this.#height === base) {
        if (unreachable) continue;
      } else {
        const type = this.#types[--this.#height];
        if (type === signature.charCodeAt(k) || type === anyType) continue;
      }
      this.#height = before;
      return false;
    }
    for (let k = colon + 1; k < signature.length; k++) this.#push(signature.charCodeAt(k));
    return true;
  }

  drop(): boolean {
    return this.#pop() >= 0;
  }

  /** `select`: an i32 condition above two values of one type. */
  select(): boolean {
    const before = this.#height;
    const condition = this.#pop();
    const second = this.#pop();
    const first = this.#pop();
    const fits =
      (condition === letterI || condition === anyType) &&
      first >= 0 &&
      second >= 0 &&
      (first === second || first === anyType || second === anyType);
    if (fits) this.#push(first === anyType ? second : first);
    else this.#height = before;
    return fits;
  }

  /** Opens a frame. Blocks take no parameters here, so it starts empty. */
  open(results: string, branch: string): Label {
    const label: Label = { depth: this.#frames.length };
    this.#frame = { label, results, branch, base: this.#height, unreachable: false };
    this.#frames.push(this.#frame);
    return label;
  }

  /** Opens the other arm of an if whose first arm is settled. */
  reopen(): Label {
    const { results, branch } = this.#frame;
    this.#frames.pop();
    return this.open(results, branch);
  }

  /** Pops the frame's results; true if that leaves nothing in the frame. The frame stays open. */
  settle(): boolean {
    const before = this.#height;
    if (this.apply(`${this.#frame.results}:`) && this.#height === this.#frame.base) return true;
    this.#height = before;
    return false;
  }

  /** Closes a settled frame and pushes its results on the one around it. */
  close(): void {
    const closed = this.#frames.pop();
    const outer = this.#frames[this.#frames.length - 1];
    if (closed === undefined || outer === undefined) return;
    this.#frame = outer;
    this.apply(`:${closed.results}`);
  }

  /** What follows in this frame cannot be reached. */
  cut(): void {
    this.#height = this.#frame.base;
    this.#frame.unreachable = true;
  }

  /** Letters of the values in the frame, the top last. */
  letters(): string {
    return String.fromCharCode(...this.#types.subarray(this.#frame.base, this.#height));
  }
}
