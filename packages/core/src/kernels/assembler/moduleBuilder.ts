import { LockstepError } from '../../errors.ts';
import { ByteBuffer } from './byteBuffer.ts';
import { FunctionBuilder } from './functionBuilder.ts';
import { Listing, remark } from './listing.ts';
import { type FunctionRef, type GlobalRef, lettersOf, type ValueType, valueTypes } from './valueType.ts';

export interface ModuleOptions {
  /** Keep a text listing of every function (see {@link ModuleBuilder.listing}). Default false. */
  readonly listing?: boolean;
  /** Write the functions' names into the name section, for profiles and stack traces. Default true. */
  readonly names?: boolean;
}

export interface MemoryLimits {
  /** Pages of 64 KiB, 0 .. 65536. */
  readonly min: number;
  /** Pages of 64 KiB, min .. 65536; needed when shared. */
  readonly max?: number;
  readonly shared?: boolean;
}

export interface FunctionOptions {
  /** Export the function under its name. Default false. */
  readonly export?: boolean;
}

const magicAndVersion = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
const section = { type: 1, import: 2, function: 3, export: 7, code: 10, custom: 0 } as const;
const external = { function: 0x00, memory: 0x02, global: 0x03 } as const;
const functionNames = 1;
const maxPages = 65536;

/**
 * Assembles one WebAssembly module: imports first, then functions, then `toBytes()`.
 *
 * All methods throw a `LockstepError` with code `INTERNAL` when they are called out of order or with values the
 * format cannot hold.
 */
export class ModuleBuilder {
  readonly #withListing: boolean;
  readonly #withNames: boolean;
  /** Type index of each signature. */
  readonly #types = new Map<string, number>();
  readonly #typeEntries = new ByteBuffer();
  #imports = 0;
  readonly #importEntries = new ByteBuffer();
  readonly #globals: GlobalRef[] = [];
  readonly #functions: FunctionRef[] = [];
  #hasMemory = false;
  /** Bodies of the defined functions in order of index; undefined while one is being built. */
  readonly #bodies: (ByteBuffer | undefined)[] = [];
  readonly #exported = new Map<string, number>();
  readonly #listings = new Map<FunctionRef, Listing>();

  constructor(options: ModuleOptions = {}) {
    this.#withListing = options.listing ?? false;
    this.#withNames = options.names ?? true;
  }

  #import(module: string, name: string): ByteBuffer {
    if (this.#bodies.length > 0) {
      throw new LockstepError('INTERNAL', `cannot import ${module}.${name} after a function was defined`);
    }
    this.#imports++;
    this.#importEntries.name(module);
    this.#importEntries.name(name);
    return this.#importEntries;
  }

  #typeIndex(signature: string, params: readonly ValueType[], results: readonly ValueType[]): number {
    const known = this.#types.get(signature);
    if (known !== undefined) return known;
    const index = this.#types.size;
    this.#types.set(signature, index);
    this.#typeEntries.u8(0x60);
    for (const types of [params, results]) {
      this.#typeEntries.u32(types.length);
      for (const type of types) this.#typeEntries.u8(valueTypes[type].byte);
    }
    return index;
  }

  #declare(name: string, params: readonly ValueType[], results: readonly ValueType[]): FunctionRef {
    const signature = `${lettersOf(params)}:${lettersOf(results)}`;
    this.#typeIndex(signature, params, results);
    const ref: FunctionRef = { index: this.#functions.length, name, params, results, signature };
    this.#functions.push(ref);
    return ref;
  }

  /** The module's one memory, given by the host. */
  importMemory(module: string, name: string, limits: MemoryLimits): void {
    const { min, max, shared = false } = limits;
    const top = max ?? maxPages;
    const legal = Number.isInteger(min) && Number.isInteger(top) && min >= 0 && min <= top && top <= maxPages;
    if (!legal || (shared && max === undefined)) {
      throw new LockstepError('INTERNAL', `memory ${module}.${name} has impossible limits`, {
        got: `min ${min}, max ${max}${shared ? ', shared' : ''}`,
        wanted: `0 <= min <= max <= ${maxPages} pages, and a max when shared`,
      });
    }
    if (this.#hasMemory)
      throw new LockstepError('INTERNAL', `cannot import ${module}.${name}: one memory at most`);
    const out = this.#import(module, name);
    this.#hasMemory = true;
    out.u8(external.memory);
    out.u8((max === undefined ? 0 : 1) | (shared ? 2 : 0));
    out.u32(min);
    if (max !== undefined) out.u32(max);
  }

  /** An immutable global, given by the host as a number (an i64 as a bigint, a v128 not from JavaScript). */
  importGlobal(module: string, name: string, type: ValueType = 'i32'): GlobalRef {
    const out = this.#import(module, name);
    out.u8(external.global);
    out.u8(valueTypes[type].byte);
    out.u8(0);
    const ref: GlobalRef = { index: this.#globals.length, type, name };
    this.#globals.push(ref);
    return ref;
  }

  importFunction(
    module: string,
    name: string,
    params: readonly ValueType[],
    results: readonly ValueType[],
  ): FunctionRef {
    const out = this.#import(module, name);
    const ref = this.#declare(name, params, results);
    out.u8(external.function);
    out.u32(this.#typeIndex(ref.signature, params, results));
    return ref;
  }

  /**
   * Defines a function. `body` may itself define functions, so a kernel can be made where it is first called.
   * The name need not be unique unless the function is exported.
   */
  func(
    name: string,
    params: readonly ValueType[],
    results: readonly ValueType[],
    body: (f: FunctionBuilder) => void,
    options: FunctionOptions = {},
  ): FunctionRef {
    const ref = this.#declare(name, params, results);
    if (options.export === true) {
      if (this.#exported.has(name))
        throw new LockstepError('INTERNAL', `two functions are exported as ${name}`);
      this.#exported.set(name, ref.index);
    }
    const listing = this.#withListing ? new Listing() : undefined;
    if (listing !== undefined) this.#listings.set(ref, listing);
    const scope = { functions: this.#functions, globals: this.#globals, hasMemory: this.#hasMemory };
    const builder = new FunctionBuilder(ref, scope, listing);
    const slot = this.#bodies.push(undefined) - 1;
    body(builder);
    this.#bodies[slot] = builder.finish();
    return ref;
  }

  /** The function in the text format; the builder must have been made with `listing: true`. */
  listing(ref: FunctionRef): string {
    const listing = this.#listings.get(ref);
    if (listing === undefined) {
      throw new LockstepError('INTERNAL', `there is no listing of function ${ref.name}`, {
        hint: 'Make the ModuleBuilder with { listing: true }; imported functions have none.',
      });
    }
    const params = ref.params.map((type) => ` (param ${type})`).join('');
    const results = ref.results.map((type) => ` (result ${type})`).join('');
    return `(func${remark(ref.name)}${params}${results}\n${listing}\n)`;
  }

  #codeSection(): ByteBuffer {
    const code = new ByteBuffer(1024);
    code.u32(this.#bodies.length);
    this.#bodies.forEach((body, k) => {
      if (body === undefined) {
        const name = this.#functions[this.#functions.length - this.#bodies.length + k]?.name;
        throw new LockstepError('INTERNAL', `function ${name} is not finished`);
      }
      code.sized(body);
    });
    return code;
  }

  #functionSection(): ByteBuffer {
    const out = new ByteBuffer();
    out.u32(this.#bodies.length);
    for (const ref of this.#functions.slice(this.#functions.length - this.#bodies.length)) {
      out.u32(this.#typeIndex(ref.signature, ref.params, ref.results));
    }
    return out;
  }

  #exportSection(): ByteBuffer {
    const out = new ByteBuffer();
    out.u32(this.#exported.size);
    for (const [name, index] of this.#exported) {
      out.name(name);
      out.u8(external.function);
      out.u32(index);
    }
    return out;
  }

  #nameSection(): ByteBuffer {
    const names = new ByteBuffer();
    names.u32(this.#functions.length);
    for (const { index, name } of this.#functions) {
      names.u32(index);
      names.name(name);
    }
    const out = new ByteBuffer();
    out.name('name');
    out.u8(functionNames);
    out.sized(names);
    return out;
  }

  /** The module in the binary format; the builder can go on afterwards. */
  toBytes(): Uint8Array<ArrayBuffer> {
    const out = new ByteBuffer(1024);
    out.raw(magicAndVersion);
    const counted = (count: number, entries: ByteBuffer): ByteBuffer => {
      const content = new ByteBuffer(entries.length + 8);
      content.u32(count);
      content.append(entries);
      return content;
    };
    const write = (id: number, content: ByteBuffer): void => {
      out.u8(id);
      out.sized(content);
    };
    write(section.type, counted(this.#types.size, this.#typeEntries));
    write(section.import, counted(this.#imports, this.#importEntries));
    write(section.function, this.#functionSection());
    write(section.export, this.#exportSection());
    write(section.code, this.#codeSection());
    if (this.#withNames) write(section.custom, this.#nameSection());
    return out.toBytes();
  }
}
