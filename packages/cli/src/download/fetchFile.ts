import { LockstepError } from '@lockstep/core';
import { writing } from './notWritable.ts';
import type { PartFile, PartOrigin } from './partFile.ts';

export interface FetchOptions {
  readonly signal: AbortSignal;
  /** Seconds without a byte after which a server counts as dead. */
  readonly stallSeconds: number;
  /** Bytes beyond which it cannot be the file that is wanted. */
  readonly limit: number;
  /** The server answers; `from` bytes are there already. */
  onBegin(from: number): void;
  onBytes(bytes: number, total: number | undefined): void;
}

const failed = (reason: string, cause?: unknown): LockstepError =>
  new LockstepError('DOWNLOAD_FAILED', reason, { cause });

/** Why the network did not bring it: the innermost cause says most. */
function reasonOf(error: unknown): string {
  let [cause, code] = [error, ''];
  while (cause instanceof Error) {
    if ('code' in cause && typeof cause.code === 'string') code = cause.code;
    if (cause.cause === undefined) break;
    cause = cause.cause;
  }
  if (/^(?:ENOTFOUND|EAI_AGAIN)$/.test(code)) return `the host is not found (${code}): is there a network?`;
  const message = cause instanceof Error ? cause.message : String(cause);
  return `the connection failed: ${[message, code].filter((part) => part !== '').join(', ')}`;
}

/** An abort signal that fires when nothing was heard for some time. */
function watchStall(seconds: number): { signal: AbortSignal; heard(): void; stop(): void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), 1000 * seconds);
  return {
    signal: controller.signal,
    heard: () => {
      timer.refresh();
    },
    stop: () => clearTimeout(timer),
  };
}

function headersFor(rest: { from: number; origin: PartOrigin } | undefined): Record<string, string> {
  // A packed file is wanted as it is; a server that packs what it sends could not go on in the middle either.
  const headers = { 'accept-encoding': 'identity' };
  if (rest === undefined) return headers;
  const { validator } = rest.origin;
  return {
    ...headers,
    range: `bytes=${rest.from}-`,
    ...(validator !== undefined && { 'if-range': validator }),
  };
}

/** Whether an answer is the rest that was asked for, of a file that is still as long. */
function isRest(response: Response, from: number, { total }: PartOrigin): boolean {
  if (response.status !== 206) return false;
  const range = /^bytes (?<start>\d+)-\d+\/(?<size>\d+|\*)$/.exec(
    response.headers.get('content-range') ?? '',
  );
  const { start, size } = range?.groups ?? {};
  return Number(start) === from && (size === '*' || total === undefined || Number(size) === total);
}

/** What an answer that has the whole file says of it. */
function originOf(url: string, { headers }: Response): PartOrigin {
  const etag = headers.get('etag');
  // A weak ETag does not vouch for each byte (RFC 9110, 13.1.5).
  const validator = etag?.startsWith('"') ? etag : headers.get('last-modified');
  const length = headers.get('content-encoding') === null ? headers.get('content-length') : null;
  return { url, ...(validator && { validator }), ...(length && { total: Number(length) }) };
}

/** Asks for a file, or for what is missing of it, and says from which byte on the answer has it. */
async function request(
  url: string,
  part: PartFile,
  signal: AbortSignal,
): Promise<{ response: Response; from: number; origin: PartOrigin }> {
  const { origin } = part;
  const rest = origin?.url === url ? { from: part.size, origin } : undefined;
  const response = await fetch(url, { signal, headers: headersFor(rest) });
  if (rest && isRest(response, rest.from, rest.origin)) return { response, ...rest };
  if (response.status === 200) return { response, from: 0, origin: originOf(url, response) };
  await response.body?.cancel();
  if (rest && (response.status === 206 || response.status === 416)) {
    part.discard();
    return await request(url, part, signal);
  }
  throw failed(`HTTP ${response.status} ${response.statusText}`.trim());
}

/**
 * Downloads a file, or the rest of it if its beginning is there from the same URL and the server can go on in the middle. However it
 * ends, what has come is kept.
 *
 * @throws LockstepError DOWNLOAD_FAILED with the reason alone, NOT_WRITABLE; the signal's reason once it is aborted
 */
export async function fetchFile(url: string, part: PartFile, options: FetchOptions): Promise<void> {
  const { limit } = options;
  if (part.origin?.url === url && part.size === part.origin.total) return;
  const stall = watchStall(options.stallSeconds);
  try {
    const signal = AbortSignal.any([options.signal, stall.signal]);
    const { response, from, origin } = await request(url, part, signal);
    const { total = 0 } = origin;
    if (total > limit) throw failed(`it has ${total} bytes, more than the file can have`);
    const handle = await (from === 0 ? part.begin(origin) : part.append());
    try {
      options.onBegin(from);
      let bytes = from;
      for await (const chunk of response.body ?? []) {
        stall.heard();
        bytes += chunk.length;
        if (bytes > limit) throw failed(`it has more than ${limit} bytes, more than the file can have`);
        await writing(part.path, () => handle.writeFile(chunk));
        options.onBytes(bytes, origin.total);
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof LockstepError) throw error;
    options.signal.throwIfAborted();
    const reason = stall.signal.aborted ? `nothing came for ${options.stallSeconds} s` : reasonOf(error);
    throw failed(reason, error);
  } finally {
    stall.stop();
  }
}
