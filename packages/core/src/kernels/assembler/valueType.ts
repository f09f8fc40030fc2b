/** A WebAssembly value type, by its text-format name. */
export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128';

interface ValueTypeEntry {
  /** How the type is written in a module. */
  readonly byte: number;
  /** Its letter in a signature such as `vv:v`. */
  readonly letter: string;
  /** Signatures of an instruction that makes a value of the type, takes one, takes and leaves one. */
  readonly makes: string;
  readonly takes: string;
  readonly keeps: string;
}

export const valueTypes: Readonly<Record<ValueType, ValueTypeEntry>> = {
  i32: { byte: 0x7f, letter: 'i', makes: ':i', takes: 'i:', keeps: 'i:i' },
  i64: { byte: 0x7e, letter: 'l', makes: ':l', takes: 'l:', keeps: 'l:l' },
  f32: { byte: 0x7d, letter: 'f', makes: ':f', takes: 'f:', keeps: 'f:f' },
  f64: { byte: 0x7c, letter: 'd', makes: ':d', takes: 'd:', keeps: 'd:d' },
  v128: { byte: 0x7b, letter: 'v', makes: ':v', takes: 'v:', keeps: 'v:v' },
};

const typeOfLetter = new Map<string, ValueType>();
for (const type of Object.keys(valueTypes) as ValueType[]) typeOfLetter.set(valueTypes[type].letter, type);

/** `['i32', 'v128']` as `iv`. */
export function lettersOf(types: readonly ValueType[]): string {
  let letters = '';
  for (const type of types) letters += valueTypes[type].letter;
  return letters;
}

/** `iv` as `i32, v128`; a letter that is no type (a value of unknown type) as `any`. */
export function describeLetters(letters: string): string {
  return Array.from(letters, (letter) => typeOfLetter.get(letter) ?? 'any').join(', ');
}

/** A local variable or parameter of one function. Compared by identity: a released local is a dead handle. */
export interface Local {
  readonly index: number;
  readonly type: ValueType;
  /** Shown in listings, e.g. `row`; empty for an unnamed local. */
  readonly name: string;
}

/** An imported immutable global. */
export interface GlobalRef {
  readonly index: number;
  readonly type: ValueType;
  readonly name: string;
}

/** A function of the module, imported or defined. */
export interface FunctionRef {
  readonly index: number;
  readonly name: string;
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
  /** Parameters, a colon, results, in the letters of {@link valueTypes}. */
  readonly signature: string;
}

/** A branch target; valid only inside the block it was handed to. Compared by identity. */
export interface Label {
  /** Number of control frames that enclose the labelled one; the function body is frame 0. */
  readonly depth: number;
}
