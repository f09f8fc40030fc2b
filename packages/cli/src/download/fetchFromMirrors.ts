import { dirname } from 'node:path';
import { LockstepError } from '@lockstep/core';
import type { DownloadListener } from './downloadEvent.ts';
import { fetchFile } from './fetchFile.ts';
import type { PartFile } from './partFile.ts';

/** Times that a download which breaks off is taken up again, as long as something comes each time. */
const mostResumes = 10;

export interface MirrorOptions {
  readonly signal: AbortSignal;
  readonly stallSeconds: number;
  readonly onEvent: DownloadListener;
}

/** A file that is wanted, wherever it comes from. */
export interface Wanted {
  /** Below each mirror. */
  readonly name: string;
  /** Folders to take it from, in this order. */
  readonly mirrors: readonly string[];
  /** Bytes that it has at most. */
  readonly limit: number;
  /** How the right file is known, for messages. */
  readonly wanted: string;
  /** What is wrong with a file that has come; nothing, if it is the right one. */
  check(file: string): Promise<string | undefined>;
}

function urlOf(mirror: string, name: string): string {
  return new URL(name, mirror.endsWith('/') ? mirror : `${mirror}/`).href;
}

/** Downloads from one place, in as many pieces as it takes, and checks what has come. */
async function fetchFrom(url: string, file: Wanted, part: PartFile, options: MirrorOptions): Promise<void> {
  const { name } = file;
  let resumedFrom = 0;
  const attempt = (): Promise<void> =>
    fetchFile(url, part, {
      ...options,
      limit: file.limit,
      onBegin: (from) => {
        resumedFrom = from;
        options.onEvent({ type: 'download', file: name, url, from });
      },
      onBytes: (bytes, total) =>
        options.onEvent({ type: 'progress', file: name, bytes, ...(total !== undefined && { total }) }),
    });
  for (let resumes = 0; ; resumes += 1) {
    const before = part.size;
    try {
      await attempt();
      break;
    } catch (error) {
      const hasCome = part.size > before;
      if (!(error instanceof LockstepError) || error.code !== 'DOWNLOAD_FAILED' || !hasCome) throw error;
      if (resumes === mostResumes) throw error;
      options.onEvent({ type: 'warning', message: `${name}: ${error.what}; going on` });
    }
  }
  let got = await file.check(part.path);
  if (got !== undefined && resumedFrom > 0) {
    // The beginning may have been of another file than the rest.
    part.discard();
    await attempt();
    got = await file.check(part.path);
  }
  if (got === undefined) return;
  part.discard();
  throw new LockstepError('CHECKSUM_MISMATCH', 'it is not the file that it should be', {
    got,
    wanted: file.wanted,
  });
}

/**
 * Downloads a file from the first of some places that has it, first of all from where a part of it was taken before.
 *
 * @throws LockstepError DOWNLOAD_FAILED or CHECKSUM_MISMATCH when it cannot be had anywhere, with each place's reason;
 * NOT_WRITABLE; the signal's reason once it is aborted
 */
export async function fetchFromMirrors(file: Wanted, part: PartFile, options: MirrorOptions): Promise<void> {
  const urls = [...new Set(file.mirrors.map((mirror) => urlOf(mirror, file.name)))];
  const begun = part.origin?.url;
  urls.sort((a, b) => Number(b === begun) - Number(a === begun));
  const failures: string[] = [];
  let areAllWrong = true;
  for (const url of urls) {
    const [failure] = failures.slice(-1);
    if (failure !== undefined) options.onEvent({ type: 'warning', message: failure });
    try {
      await fetchFrom(url, file, part, options);
      return;
    } catch (error) {
      if (!(error instanceof LockstepError) || error.code === 'NOT_WRITABLE') throw error;
      areAllWrong &&= error.code === 'CHECKSUM_MISMATCH';
      failures.push(`${url}: ${error.message}`);
    }
  }
  throw new LockstepError(
    areAllWrong ? 'CHECKSUM_MISMATCH' : 'DOWNLOAD_FAILED',
    `${file.name} cannot be downloaded`,
    {
      hint: [
        ...failures,
        `Name another place that has it with --mirror <url of the folder>, or put it into ${dirname(part.path)} yourself.`,
      ].join('\n  '),
    },
  );
}
