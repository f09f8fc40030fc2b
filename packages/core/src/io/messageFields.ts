import { corrupt } from './records.ts';

type PlainFields = Readonly<Record<string, unknown>>;

const isMessage = (message: unknown): message is PlainFields =>
  typeof message === 'object' && message !== null;

/** Reads the fields of a message that was decoded, and refuses what is none of them. */
export class MessageFields {
  readonly #fields: PlainFields;
  readonly #place: string;

  /** @param place - of the message, for errors */
  constructor(message: unknown, place: string) {
    if (!isMessage(message)) throw corrupt(`no ${place}`);
    this.#fields = message;
    this.#place = place;
  }

  has(name: string): boolean {
    const value = this.#fields[name];
    return value !== undefined && value !== null;
  }

  text(name: string): string {
    const value = this.#fields[name];
    return typeof value === 'string' ? value : this.#refuse(name);
  }

  /** One of some texts. */
  oneOf<T extends string>(name: string, allowed: readonly T[]): T {
    const value = this.text(name);
    return allowed.find((each) => each === value) ?? this.#refuse(name);
  }

  number(name: string): number {
    const value = this.#fields[name];
    return typeof value === 'number' ? value : this.#refuse(name);
  }

  /** An integer, 0 or above. */
  count(name: string): number {
    const value = this.number(name);
    return Number.isSafeInteger(value) && value >= 0 ? value : this.#refuse(name);
  }

  /** An object with the number under its name, or without it. */
  optionalNumber<K extends string>(name: K): { readonly [P in K]?: number } {
    return this.has(name) ? ({ [name]: this.number(name) } as { [P in K]: number }) : {};
  }

  bytes(name: string): Uint8Array {
    const value = this.#fields[name];
    return value instanceof Uint8Array ? value : this.#refuse(name);
  }

  message(name: string): MessageFields {
    return new MessageFields(this.#fields[name], `${this.#place}.${name}`);
  }

  messages(name: string): readonly MessageFields[] {
    const value = this.#fields[name];
    if (!Array.isArray(value)) return this.#refuse(name);
    const place = `${this.#place}.${name}`;
    return value.map((each: unknown) => new MessageFields(each, place));
  }

  numbers(name: string): readonly number[] {
    const value = this.#fields[name];
    if (!Array.isArray(value)) return this.#refuse(name);
    return value.map((each: unknown) => (typeof each === 'number' ? each : this.#refuse(name)));
  }

  /** A map whose values are numbers. */
  namedNumbers(name: string): Readonly<Record<string, number>> {
    const values = this.message(name);
    return Object.fromEntries(Object.keys(values.#fields).map((key) => [key, values.number(key)]));
  }

  /** A map whose values are messages. */
  namedMessages(name: string): readonly (readonly [string, MessageFields])[] {
    const values = this.message(name);
    return Object.keys(values.#fields).map((key) => [key, values.message(key)]);
  }

  #refuse(name: string): never {
    throw corrupt(`no right ${this.#place}.${name}`);
  }
}
