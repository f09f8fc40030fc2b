import { dirname } from 'node:path';
import type { FileCall } from './fileCall.ts';

/** Files that are replaced whole, and never changed where they are. */
const isReplaced = (file: string): boolean => /(?:\.ckpt|run\.json)$/.test(file);

/** What a power failure would leave undone, from the calls so far. */
class Pending {
  /** Files with bytes that were not synced. */
  readonly bytes = new Set<string>();
  /** Folders with names that were not synced. */
  readonly names = new Set<string>();
  /** Checkpoints that have their name, but were not read since. */
  readonly unread = new Set<string>();
  /** The checkpoint that was renamed last. */
  newest: string | undefined;

  isDurable(): boolean {
    return this.names.size === 0 && this.unread.size === 0 && ![...this.bytes].some(isReplaced);
  }

  toString(): string {
    const list = (what: string, files: ReadonlySet<string>): string[] =>
      files.size === 0 ? [] : [`${what} ${[...files].join(', ')}`];
    return [
      ...list('bytes of', this.bytes),
      ...list('names in', this.names),
      ...list('not read back:', this.unread),
    ].join('; ');
  }
}

/**
 * Where the calls of a program that saves a run would let a power failure take what the program has said to be saved, one line
 * each. The rules: a file has its bytes synced before it takes the place of another; a folder is synced after a name in it
 * is new; a checkpoint is read back before it is told of and before an older one is deleted; in the end nothing is left to sync.
 */
export function orderViolations(calls: readonly FileCall[]): readonly string[] {
  const violations: string[] = [];
  const pending = new Pending();
  const existing = new Set<string>();
  /** Files that are open to read, and whether they were. */
  const reading = new Map<string, boolean>();
  for (const { call, file, point, flags = '', from = '', text = '' } of calls) {
    const found = (what: string): void => void violations.push(`${point}: ${what} (${pending})`);
    switch (call) {
      case 'open':
        if (/[wa]/.test(flags) && !existing.has(file)) {
          existing.add(file);
          // What is beside a file is nobody's loss.
          if (!file.endsWith('.tmp')) pending.names.add(dirname(file));
        }
        if (flags === 'r') reading.set(file, false);
        break;
      case 'write':
        if (isReplaced(file)) found('is written where it is');
        if (/"type":"checkpoint"/.test(text) && !pending.isDurable())
          found('tells of a checkpoint too early');
        pending.bytes.add(file);
        break;
      case 'read':
        if (reading.has(file)) reading.set(file, true);
        break;
      case 'fsync':
        pending.bytes.delete(file);
        pending.names.delete(file);
        break;
      case 'close':
        if (reading.get(file)) pending.unread.delete(file);
        reading.delete(file);
        break;
      case 'rename':
        if (pending.bytes.has(from)) found('takes its name before its bytes are synced');
        existing.add(file);
        pending.names.add(dirname(file));
        if (file.endsWith('.ckpt')) {
          pending.unread.add(file);
          pending.newest = file;
        }
        break;
      case 'rm':
        if (file === pending.newest) found('deletes the newest checkpoint');
        if (file.endsWith('.ckpt') && !pending.isDurable()) found('deletes one before another is safe');
        break;
      case 'mkdir':
        pending.names.add(dirname(file));
        break;
    }
  }
  if (`${pending}` !== '') violations.push(`at the end: ${pending}`);
  return violations;
}
