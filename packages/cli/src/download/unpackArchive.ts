import { createReadStream, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { LockstepError } from '@lockstep/core';
import { type KnownFile, moveDurably } from '@lockstep/core/node';
import { unpackTar } from 'modern-tar/fs';
import { differenceOf, readContent } from './content.ts';
import { writing } from './notWritable.ts';

/** What is wrong with a file that was unpacked; nothing, if it is right. */
async function differenceIn(path: string, file: KnownFile): Promise<string | undefined> {
  if (!existsSync(path)) return 'an archive without it';
  return differenceOf(await readContent(path, false, file.bytes), file);
}

/**
 * Unpacks some files of a tar archive that is packed with gzip. What else is in it is not written anywhere.
 *
 * @param inside - where in the archive they are
 * @param folder - where they go; each gets its name once it is known to be right
 * @throws LockstepError CHECKSUM_MISMATCH when one is not in it or is another; NOT_WRITABLE
 */
export async function unpackArchive(
  archive: string,
  inside: string,
  files: readonly KnownFile[],
  folder: string,
): Promise<void> {
  const beside = new Map(files.map(({ name }) => [`${inside}/${name}`, `${name}.part`]));
  await writing(folder, () =>
    pipeline(
      createReadStream(archive),
      createGunzip(),
      unpackTar(folder, {
        filter: ({ name, type }) => type === 'file' && beside.has(name),
        map: (header) => ({ ...header, name: beside.get(header.name) ?? header.name }),
      }),
    ),
  );
  for (const file of files) {
    const path = join(folder, `${file.name}.part`);
    const difference = await differenceIn(path, file);
    if (difference !== undefined) {
      rmSync(path, { force: true });
      throw new LockstepError('CHECKSUM_MISMATCH', 'a file of the archive is not the one it should be', {
        where: { file: join(folder, file.name) },
        got: difference,
        wanted: `${file.bytes} bytes, sha256 ${file.sha256}`,
      });
    }
    await writing(path, () => moveDurably(path, join(folder, file.name)));
  }
}
