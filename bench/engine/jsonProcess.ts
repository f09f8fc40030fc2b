import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

export type Answer = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null;
}

/** A program that answers every line of JSON with one. It sleeps in between, and ends when its input does. */
export class JsonProcess {
  readonly #name: string;
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: Interface;
  readonly #answers: AsyncIterator<string>;

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    this.#name = [command, ...args].join(' ');
    this.#process = spawn(command, [...args], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#process.stdout });
    this.#answers = this.#lines[Symbol.asyncIterator]();
  }

  /** @throws Error with what the process says in place of an answer */
  async ask(request: object): Promise<Answer> {
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#answers.next();
    const answer: unknown = done === true ? { error: 'the process ended' } : JSON.parse(value);
    if (!isRecord(answer) || 'error' in answer)
      throw new Error(`${this.#name}: ${isRecord(answer) ? String(answer['error']) : String(value)}`);
    return answer;
  }

  stop(): void {
    this.#lines.close();
    this.#process.stdin.end();
  }
}
