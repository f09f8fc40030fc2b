import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { KnownDataset } from '@lockstep/core/node';
import { packTar } from 'modern-tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DownloadEvent } from './downloadEvent.ts';
import { type GetOptions, getDataset } from './getDataset.ts';
import { type FileServer, type Handler, openFileServer, serve, startOf } from './testing/fileServer.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const known = { source: '', licence: '', title: 'Tiny', load: '' };

/** Bytes that neither repeat nor pack well. */
const noise = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => ((at * at * 31) >> 5) ^ at);

const plain = noise(200_000);
const single: KnownDataset = {
  ...known,
  name: 'single',
  mirrors: [],
  files: [{ name: 'rows.bin', bytes: plain.length, sha256: sha256(plain) }],
};
const packed: KnownDataset = {
  ...single,
  name: 'packed',
  files: [{ name: 'rows.bin.gz', bytes: plain.length, sha256: sha256(plain) }],
};

let folder = '';
let server: FileServer;
let events: DownloadEvent[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-get-'));
  events = [];
  server = await openFileServer();
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const get = (data: KnownDataset, options: Partial<GetOptions> = {}): Promise<string> =>
  getDataset(data, {
    folder,
    mirrors: [`${server.root}/a`, `${server.root}/b/`],
    force: false,
    stallSeconds: 5,
    signal: new AbortController().signal,
    onEvent: (event) => events.push(event),
    ...options,
  });

const contentOf = (data: KnownDataset, name: string): Uint8Array =>
  new Uint8Array(readFileSync(join(folder, data.name, name)));
const filesOf = (data: KnownDataset): string[] => readdirSync(join(folder, data.name)).sort();
const typesOf = (): string[] => events.map(({ type }) => type).filter((type) => type !== 'progress');

/** Breaks a connection once something of what was sent has been written. */
function breakOff(response: ServerResponse): void {
  const timer = setInterval(() => {
    if (!events.some(({ type }) => type === 'progress')) return;
    clearInterval(timer);
    response.destroy();
  }, 5);
}

/** Announces a whole file, and sends a part of it before the connection breaks. */
const cut =
  (content: Uint8Array, sent: number, etag = '"1"'): Handler =>
  (_, response) => {
    response.writeHead(200, { etag, 'content-length': content.length });
    response.write(content.subarray(0, sent));
    breakOff(response);
  };

describe('a download', () => {
  it('gets its name once its checksum is right, and is not made again', async () => {
    server.handlers['/a/rows.bin'] = serve(plain);
    expect(await get(single)).toBe(join(folder, 'single'));
    expect(contentOf(single, 'rows.bin')).toEqual(plain);
    expect(filesOf(single)).toEqual(['rows.bin']);
    expect(events.at(-2)).toEqual({ type: 'progress', file: 'rows.bin', bytes: 200_000, total: 200_000 });
    await get(single);
    expect(server.requests).toHaveLength(1);
    expect(typesOf()).toEqual(['download', 'stored', 'kept']);
    await get(single, { force: true });
    expect(server.requests).toHaveLength(2);
  });

  it('goes on where the connection broke', async () => {
    server.handlers['/a/rows.bin'] = (request, response) =>
      (server.requests.length === 1 ? cut(plain, 150_000) : serve(plain))(request, response);
    await get(single);
    expect(contentOf(single, 'rows.bin')).toEqual(plain);
    const from = Number(/\d+/.exec(server.requests[1]?.range ?? '')?.[0]);
    expect(from).toBeGreaterThan(0);
    expect(server.requests[1]?.ifRange).toBe('"1"');
    expect(events).toContainEqual({
      type: 'download',
      file: 'rows.bin',
      url: `${server.root}/a/rows.bin`,
      from,
    });
    expect(filesOf(single)).toEqual(['rows.bin']);
  });

  it('goes on the next day, from the mirror that it began with', async () => {
    server.handlers['/b/rows.bin'] = (_, response) => {
      response.writeHead(200, { etag: '"1"', 'content-length': plain.length });
      response.write(plain.subarray(0, 100_000));
    };
    const { signal, abort } = abortable();
    const stopped = get(single, {
      signal,
      onEvent: (event) => event.type === 'progress' && event.bytes === 100_000 && abort(),
    });
    await expect(stopped).rejects.toThrow(/abort/);
    expect(filesOf(single)).toEqual(['rows.bin.part', 'rows.bin.part.json']);
    server.requests.length = 0;
    server.handlers['/a/rows.bin'] = serve(plain);
    server.handlers['/b/rows.bin'] = serve(plain);
    await get(single);
    expect(server.requests).toEqual([{ path: '/b/rows.bin', range: 'bytes=100000-', ifRange: '"1"' }]);
    expect(contentOf(single, 'rows.bin')).toEqual(plain);
  });

  it('begins anew where the server ignores ranges, or has another file by now', async () => {
    const old = noise(plain.length).reverse();
    server.handlers['/a/rows.bin'] = (request, response) =>
      (server.requests.length === 1 ? cut(old, 90_000, '"old"') : serve(plain, '"new"'))(request, response);
    await get(single);
    expect(server.requests.map(({ range }) => range !== undefined)).toEqual([false, true]);
    expect(contentOf(single, 'rows.bin')).toEqual(plain);
  });

  it('begins anew if what was put together has another checksum', async () => {
    const old = noise(plain.length).reverse();
    // A server without ETags, so that nothing tells that the file has changed.
    server.handlers['/a/rows.bin'] = (request, response) => {
      const start = startOf(request);
      if (server.requests.length === 1) {
        response.writeHead(200, { 'content-length': old.length });
        response.write(old.subarray(0, 60_000));
        breakOff(response);
        return;
      }
      const range = `bytes ${start}-${plain.length - 1}/${plain.length}`;
      response.writeHead(start > 0 ? 206 : 200, start > 0 ? { 'content-range': range } : {});
      response.end(plain.subarray(start));
    };
    await get(single);
    expect(server.requests.map(({ range }) => range !== undefined)).toEqual([false, true, false]);
    expect(contentOf(single, 'rows.bin')).toEqual(plain);
  });

  it('that is whole but for its name needs no server', async () => {
    mkdirSync(join(folder, 'single'));
    const part = join(folder, 'single', 'rows.bin.part');
    writeFileSync(part, plain);
    writeFileSync(`${part}.json`, JSON.stringify({ url: `${server.root}/b/rows.bin`, total: plain.length }));
    await get(single);
    expect(server.requests).toEqual([]);
    expect(filesOf(single)).toEqual(['rows.bin']);
  });
});

describe('a mirror that fails', () => {
  it('is followed by the next', async () => {
    server.handlers['/b/rows.bin'] = serve(plain);
    await get(single);
    expect(server.requests.map(({ path }) => path)).toEqual(['/a/rows.bin', '/b/rows.bin']);
    expect(typesOf()).toEqual(['warning', 'download', 'stored']);
  });

  it('is told with its reason if there is no other', async () => {
    const other = noise(plain.length).reverse();
    server.handlers['/b/rows.bin'] = serve(other);
    await expect(get(single)).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      exitCode: 3,
      message: expect.stringMatching(/a\/rows\.bin: HTTP 404 Not Found\n.*b\/rows\.bin: it is not the file/s),
    });
    expect(filesOf(single)).toEqual([]);
  });

  it('is told what it sent and what was wanted', async () => {
    const other = noise(plain.length).reverse();
    server.handlers['/a/rows.bin'] = serve(other);
    server.handlers['/b/rows.bin'] = serve(plain.subarray(1));
    await expect(get(single)).rejects.toMatchObject({
      code: 'CHECKSUM_MISMATCH',
      message: expect.stringContaining(
        `got sha256 ${sha256(other)}, wanted 200000 bytes, sha256 ${sha256(plain)}`,
      ),
    });
    expect(filesOf(single)).toEqual([]);
  });

  it('is given up after a time without a byte', async () => {
    server.handlers['/a/rows.bin'] = (_, response) => {
      response.writeHead(200, { 'content-length': plain.length }).flushHeaders();
    };
    const stopped = get(single, { mirrors: [`${server.root}/a`], stallSeconds: 0.2 });
    await expect(stopped).rejects.toThrow(`${server.root}/a/rows.bin: nothing came for 0.2 s\n`);
  });

  it('that is not there at all is no reason to wait', async () => {
    server.close();
    await expect(get(single)).rejects.toThrow(/the connection failed: .*ECONNREFUSED/);
  });

  it('that sends without end is stopped', async () => {
    server.handlers['/a/rows.bin'] = (_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(plain));
      };
      response.writeHead(200).on('drain', more);
      more();
    };
    await expect(get(single, { mirrors: [`${server.root}/a`] })).rejects.toThrow(
      /it has more than 200000 bytes/,
    );
    server.handlers['/a/rows.bin'] = serve(noise(300_000));
    await expect(get(single, { mirrors: [`${server.root}/a`] })).rejects.toThrow(/it has 300000 bytes/);
  });
});

describe('a packed file', () => {
  it('may be packed in any way', async () => {
    server.handlers['/a/rows.bin.gz'] = serve(gzipSync(plain, { level: 1 }));
    await get(packed);
    expect(contentOf(packed, 'rows.bin.gz')).toEqual(new Uint8Array(gzipSync(plain, { level: 1 })));
    writeFileSync(join(folder, 'packed', 'rows.bin.gz'), gzipSync(plain, { level: 9 }));
    await get(packed);
    expect(server.requests).toHaveLength(1);
  });

  it('that a server unpacks on the way is stored as what it is', async () => {
    server.handlers['/a/rows.bin.gz'] = (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(plain));
    };
    await get(packed);
    expect(filesOf(packed)).toEqual(['rows.bin']);
    expect(contentOf(packed, 'rows.bin')).toEqual(plain);
  });

  it('that is damaged is downloaded again, and not left beside the right one', async () => {
    mkdirSync(join(folder, 'packed'));
    writeFileSync(join(folder, 'packed', 'rows.bin'), 'something else');
    server.handlers['/a/rows.bin.gz'] = serve(gzipSync(plain));
    await get(packed);
    expect(typesOf()).toEqual(['warning', 'download', 'stored']);
    expect(filesOf(packed)).toEqual(['rows.bin.gz']);
    writeFileSync(join(folder, 'packed', 'rows.bin.gz'), gzipSync(plain).subarray(0, 5000));
    await get(packed);
    expect(events.find(({ type }, at) => at > 2 && type === 'warning')).toMatchObject({
      message: expect.stringContaining('damaged or cut off'),
    });
  });

  it('that unpacks to more than it should is not read to its end', async () => {
    server.handlers['/a/rows.bin.gz'] = serve(gzipSync(new Uint8Array(50_000_000)));
    await expect(get(packed, { mirrors: [`${server.root}/a`] })).rejects.toThrow(
      /got more than 200000 bytes/,
    );
  });
});

describe('an archive', () => {
  const other = noise(1000).reverse();

  async function archived(inArchive: Uint8Array): Promise<{ data: KnownDataset; bytes: Uint8Array }> {
    const tar = await packTar([
      { header: { name: 'inside/', type: 'directory', size: 0 } },
      { header: { name: 'inside/one.bin', size: inArchive.length }, body: inArchive },
      { header: { name: '../escaped.txt', size: 3 }, body: 'abc' },
      { header: { name: 'inside/two.bin', size: other.length }, body: other },
      { header: { name: 'inside/readme.html', size: 3 }, body: 'abc' },
    ]);
    const bytes = new Uint8Array(gzipSync(tar));
    const archive = { name: 'all.tar.gz', bytes: bytes.length, sha256: sha256(bytes), folder: 'inside' };
    const files = [
      { name: 'one.bin', bytes: plain.length, sha256: sha256(plain) },
      { name: 'two.bin', bytes: other.length, sha256: sha256(other) },
    ];
    return { data: { ...known, name: 'archived', mirrors: [], files, archive }, bytes };
  }

  it('gives the files that are wanted, and goes away', async () => {
    const { data, bytes } = await archived(plain);
    server.handlers['/a/all.tar.gz'] = serve(bytes);
    await get(data);
    expect(filesOf(data)).toEqual(['one.bin', 'two.bin']);
    expect([contentOf(data, 'one.bin'), contentOf(data, 'two.bin')]).toEqual([plain, other]);
    expect(existsSync(join(folder, 'escaped.txt'))).toBe(false);
    rmSync(join(folder, 'archived', 'two.bin'));
    events = [];
    await get(data);
    expect(typesOf()).toEqual(['kept', 'download', 'stored']);
  });

  it('whose files are others gives none', async () => {
    const { data, bytes } = await archived(noise(plain.length).reverse());
    server.handlers['/a/all.tar.gz'] = serve(bytes);
    await expect(get(data)).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH' });
    expect(filesOf(data)).not.toContain('one.bin');
  });
});

it('a folder that cannot be written is told before anything is downloaded', async () => {
  writeFileSync(join(folder, 'single'), 'a file');
  await expect(get(single)).rejects.toMatchObject({ code: 'NOT_WRITABLE', exitCode: 3 });
  expect(server.requests).toEqual([]);
});

function abortable(): { signal: AbortSignal; abort(): void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
