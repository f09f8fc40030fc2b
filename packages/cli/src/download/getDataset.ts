import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  dataFile,
  type KnownArchive,
  type KnownDataset,
  type KnownFile,
  makeFolderDurably,
  moveDurably,
} from '@lockstep/core/node';
import { differenceOf, type Expected, readContent } from './content.ts';
import { fetchFromMirrors, type MirrorOptions } from './fetchFromMirrors.ts';
import { writing } from './notWritable.ts';
import { PartFile } from './partFile.ts';
import { unpackArchive } from './unpackArchive.ts';

export interface GetOptions extends MirrorOptions {
  /** That data sets are kept in, each in a folder of its own name. */
  readonly folder: string;
  /** Folders on the web to try before those that are known. */
  readonly mirrors: readonly string[];
  /** Download what is there too. */
  readonly force: boolean;
}

const isPackable = ({ name }: KnownFile): boolean => name.endsWith('.gz');

const describe = ({ bytes, sha256 }: Expected): string => `${bytes} bytes, sha256 ${sha256}`;

/** Whether a file is there and right; says so, and if it is there and wrong. */
async function isWhole(file: KnownFile, folder: string, { onEvent }: GetOptions): Promise<boolean> {
  const { name } = file;
  const there = dataFile(folder, name);
  if (there === undefined) return false;
  const difference = differenceOf(await readContent(there, isPackable(file), file.bytes), file);
  onEvent(
    difference === undefined
      ? { type: 'kept', file: name }
      : {
          type: 'warning',
          message: `${there} is ${difference}, and not what it should be: downloading it again`,
        },
  );
  return difference === undefined;
}

/** Downloads a file that lies on the mirrors by itself. */
async function getFile(
  file: KnownFile,
  folder: string,
  mirrors: readonly string[],
  options: GetOptions,
): Promise<void> {
  const part = new PartFile(join(folder, file.name));
  if (options.force) part.discard();
  let isPacked = true;
  await fetchFromMirrors(
    {
      name: file.name,
      mirrors,
      // What does not get smaller by packing gets larger by a few bytes in each of its blocks.
      limit: isPackable(file) ? Math.ceil(1.01 * file.bytes) + 1000 : file.bytes,
      wanted: describe(file),
      check: async (path) => {
        const content = await readContent(path, isPackable(file), file.bytes);
        isPacked = content.isPacked;
        return differenceOf(content, file);
      },
    },
    part,
    options,
  );
  const packed = join(folder, file.name);
  const plain = join(folder, file.name.replace(/\.gz$/, ''));
  // Some servers unpack what they send.
  const target = isPacked ? packed : plain;
  await writing(target, () => moveDurably(part.path, target));
  for (const other of [packed, plain]) if (other !== target) rmSync(other, { force: true });
  part.discard();
  options.onEvent({ type: 'stored', file: file.name, bytes: file.bytes });
}

/** Downloads the archive that has the files, and unpacks some of them. */
async function getArchive(
  archive: KnownArchive,
  files: readonly KnownFile[],
  folder: string,
  mirrors: readonly string[],
  options: GetOptions,
): Promise<void> {
  const part = new PartFile(join(folder, archive.name));
  if (options.force) part.discard();
  await fetchFromMirrors(
    {
      name: archive.name,
      mirrors,
      limit: archive.bytes,
      wanted: describe(archive),
      check: async (path) => differenceOf(await readContent(path, false, archive.bytes), archive),
    },
    part,
    options,
  );
  await unpackArchive(part.path, archive.folder, files, folder);
  part.discard();
  for (const file of files) options.onEvent({ type: 'stored', file: file.name, bytes: file.bytes });
}

/**
 * Sees to it that a data set is in its folder, whole: looks at what is there, downloads what is not or is something else, and gives a
 * file its name only once its checksum is right.
 *
 * @returns its folder
 * @throws LockstepError DOWNLOAD_FAILED, CHECKSUM_MISMATCH, NOT_WRITABLE; the signal's reason once it is aborted: what has come by
 * then is kept, and the next time goes on from there
 */
export async function getDataset(known: KnownDataset, options: GetOptions): Promise<string> {
  const folder = join(options.folder, known.name);
  await writing(folder, () => makeFolderDurably(folder));
  const missing: KnownFile[] = [];
  for (const file of known.files)
    if (options.force || !(await isWhole(file, folder, options))) missing.push(file);
  const mirrors = [...options.mirrors, ...known.mirrors];
  if (missing.length === 0) return folder;
  const { archive } = known;
  if (archive !== undefined) await getArchive(archive, missing, folder, mirrors, options);
  else for (const file of missing) await getFile(file, folder, mirrors, options);
  return folder;
}
