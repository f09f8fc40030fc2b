import { LockstepError } from '../../errors.ts';

/** What the head of an NPY file says of its data. */
export interface NpyHeader {
  /** Byte order and element type, as NumPy writes them: `<f4`. */
  readonly descr: string;
  /** The first axis, not the last, is the fastest. */
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Byte that the data starts at. */
  readonly start: number;
}

const magic = [0x93, ...new TextEncoder().encode('NUMPY')];

/** Bytes that are enough to know how long a header is. */
export const npyPrologue = 12;

function bad(file: string, got: string, wanted: string, hint?: string): LockstepError {
  return new LockstepError('BAD_NPY', 'the file does not start as an NPY file does', {
    where: { file },
    got,
    wanted,
    ...(hint === undefined ? {} : { hint }),
  });
}

const entry = /\s*'(?<key>\w+)'\s*:\s*(?<value>'[^']*'|True|False|\([\d,\sL]*\))\s*(?:,|(?=\}))/y;

/** The entries of a Python dictionary whose values are texts, truth values and tuples of whole numbers. */
function parseDictionary(text: string, file: string): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  const refuse = (at: number): LockstepError =>
    bad(
      file,
      `a header that goes on with ${JSON.stringify(text.slice(at, at + 30))}`,
      'a dictionary of descr, fortran_order and shape',
      'Arrays of records and of Python objects cannot be read.',
    );
  if (!text.startsWith('{')) throw refuse(0);
  entry.lastIndex = 1;
  let end = 1;
  for (let match = entry.exec(text); match !== null; match = entry.exec(text)) {
    end = entry.lastIndex;
    entries.set(match.groups?.['key'] ?? '', match.groups?.['value'] ?? '');
  }
  if (!/^\s*\}\s*$/.test(text.slice(end))) throw refuse(end);
  return entries;
}

function parseShape(text: string): number[] | undefined {
  if (!/^\((?:\s*\d+L?\s*(?:,|(?=\))))*\s*\)$/.test(text)) return undefined;
  return [...text.matchAll(/\d+/g)].map(([digits]) => Number(digits));
}

/** How many bytes an NPY file's header takes, from its first {@link npyPrologue} bytes. */
export function npyHeaderLength(bytes: Uint8Array, file: string): number {
  const truncated = (wanted: number): LockstepError =>
    new LockstepError('NPY_TRUNCATED', 'the file ends inside its header', {
      where: { file },
      got: `${bytes.length} bytes`,
      wanted: `at least ${wanted}`,
    });
  if (bytes.length < magic.length + 2) throw truncated(magic.length + 2);
  if (magic.some((byte, at) => bytes[at] !== byte))
    throw bad(
      file,
      Array.from(bytes.subarray(0, 6), (byte) => `0x${byte.toString(16).padStart(2, '0')}`).join(' '),
      '0x93 and NUMPY',
      bytes[0] === 0x50 && bytes[1] === 0x4b ? 'It is a zip file; read it as NPZ.' : undefined,
    );
  const major = bytes[6] ?? 0;
  if (major < 1 || major > 3) throw bad(file, `version ${major}`, 'version 1, 2 or 3');
  const lengthBytes = major === 1 ? 2 : 4;
  if (bytes.length < 8 + lengthBytes) throw truncated(8 + lengthBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return 8 + lengthBytes + (major === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
}

/**
 * Reads the header of an NPY file (NumPy Enhancement Proposal 1): the magic bytes, a version, a length, and a Python
 * dictionary as text.
 *
 * @param bytes - from the start of the file, at least the whole header
 * @param file - what to call the file in messages
 * @throws LockstepError BAD_NPY when it is no NPY file or holds records or objects; NPY_TRUNCATED when it ends early
 */
export function parseNpyHeader(bytes: Uint8Array, file: string): NpyHeader {
  const start = npyHeaderLength(bytes, file);
  if (bytes.length < start)
    throw new LockstepError('NPY_TRUNCATED', 'the file ends inside its header', {
      where: { file },
      got: `${bytes.length} bytes`,
      wanted: `at least ${start}`,
    });
  const from = (bytes[6] ?? 0) === 1 ? 10 : 12;
  const entries = parseDictionary(new TextDecoder('latin1').decode(bytes.subarray(from, start)), file);
  const descr = /^'(?<text>[^']*)'$/.exec(entries.get('descr') ?? '')?.groups?.['text'];
  const order = entries.get('fortran_order');
  const shape = parseShape(entries.get('shape') ?? '');
  if (descr === undefined || (order !== 'True' && order !== 'False') || shape === undefined)
    throw bad(
      file,
      [...entries].map(([key, value]) => `${key}: ${value}`).join(', '),
      'descr, fortran_order and shape',
      'Arrays of records and of Python objects cannot be read.',
    );
  return { descr, fortranOrder: order === 'True', shape, start };
}
