import { sourceOfBytes } from '@lockstep/core/io';
import { encodeRecord, readRecords } from '../../../packages/core/src/io/records.ts';
import type { RandomIntegers } from '../../soak/randomIntegers.ts';
import { type Change, changes } from '../changes.ts';

/** The payloads of a file of records, as far as they can be read. */
export function payloadsOf(bytes: Uint8Array): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  try {
    for (const payload of readRecords(sourceOfBytes(bytes), { longest: bytes.length }))
      payloads.push(payload.slice());
  } catch {
    // A change before this one broke what follows.
  }
  return payloads;
}

export function fileOf(payloads: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(payloads.map((payload) => encodeRecord(payload))));
}

/** Changes the list of records, or what is in one, and makes all checksums fit. */
const onRecords =
  (act: (random: RandomIntegers, payloads: Uint8Array[], at: number) => void): Change =>
  (random, bytes) => {
    const payloads = payloadsOf(bytes);
    if (payloads.length > 0) act(random, payloads, random.below(payloads.length));
    return fileOf(payloads);
  };

const inRecord = (change: Change): Change =>
  onRecords((random, payloads, at) => {
    payloads[at] = change(random, payloads[at] ?? new Uint8Array());
  });

/** Changes of a TFRecord file after which all checksums fit, so that what is behind them is reached. */
export const recordChanges: Readonly<Record<string, Change>> = {
  ...Object.fromEntries(
    Object.entries(changes).map(([name, change]) => [`${name} in a record`, inRecord(change)]),
  ),
  'record removed': onRecords((_, payloads, at) => void payloads.splice(at, 1)),
  'record doubled': onRecords(
    (_, payloads, at) => void payloads.splice(at, 0, payloads[at] ?? new Uint8Array()),
  ),
  'records exchanged': onRecords((random, payloads, at) => {
    const other = random.below(payloads.length);
    const [a, b] = [payloads[at], payloads[other]];
    if (a && b) [payloads[at], payloads[other]] = [b, a];
  }),
};
