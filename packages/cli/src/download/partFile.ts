import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { writing } from './notWritable.ts';

/** Where the bytes of a part are from. */
export interface PartOrigin {
  readonly url: string;
  /** That tells whether the server still has the same file: its strong ETag, or when it was changed. */
  readonly validator?: string;
  /** Bytes of the whole file. */
  readonly total?: number;
}

function parseOrigin(text: string): PartOrigin | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { url, validator, total }: Record<string, unknown> =
    typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  if (typeof url !== 'string') return undefined;
  return {
    url,
    ...(typeof validator === 'string' && { validator }),
    ...(typeof total === 'number' && { total }),
  };
}

/** The beginning of a file that is being downloaded, beside the name that it gets once it is whole. */
export class PartFile {
  readonly path: string;
  /** Says where the part is from. */
  private readonly notes: string;

  /** @param target - what the file will be called */
  constructor(target: string) {
    this.path = `${target}.part`;
    this.notes = `${target}.part.json`;
  }

  /** Bytes that are there. */
  get size(): number {
    return existsSync(this.path) ? statSync(this.path).size : 0;
  }

  /** Where the bytes that are there are from; nothing, if that is not known. */
  get origin(): PartOrigin | undefined {
    if (this.size === 0 || !existsSync(this.notes)) return undefined;
    const origin = parseOrigin(readFileSync(this.notes, 'utf8'));
    return origin?.total !== undefined && this.size > origin.total ? undefined : origin;
  }

  /**
   * Begins anew.
   *
   * @throws LockstepError NOT_WRITABLE
   */
  async begin(origin: PartOrigin): Promise<FileHandle> {
    return await writing(this.path, async () => {
      const handle = await open(this.path, 'w');
      writeFileSync(this.notes, JSON.stringify(origin));
      return handle;
    });
  }

  /**
   * Goes on after the bytes that are there.
   *
   * @throws LockstepError NOT_WRITABLE
   */
  async append(): Promise<FileHandle> {
    return await writing(this.path, () => open(this.path, 'a'));
  }

  /** Removes what is there. */
  discard(): void {
    rmSync(this.path, { force: true });
    rmSync(this.notes, { force: true });
  }
}
