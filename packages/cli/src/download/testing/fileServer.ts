import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** What a server was asked for. */
export interface AskedFor {
  readonly path: string;
  readonly range: string | undefined;
  readonly ifRange: unknown;
}

/** A server on this machine that does what it is told to, for tests of downloads. */
export interface FileServer {
  readonly root: string;
  /** By path; for others the answer is 404. */
  readonly handlers: Record<string, Handler>;
  /** All requests so far. */
  readonly requests: AskedFor[];
  close(): void;
}

export async function openFileServer(): Promise<FileServer> {
  const handlers: Record<string, Handler> = {};
  const requests: AskedFor[] = [];
  const server = createServer((request, response) => {
    const { url = '', headers } = request;
    requests.push({ path: url, range: headers.range, ifRange: headers['if-range'] });
    const handler = handlers[url];
    if (handler) handler(request, response);
    else response.writeHead(404).end('<html>no such page</html>');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  return {
    root: `http://127.0.0.1:${address.port}`,
    handlers,
    requests,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The byte that a request wants to go on from; 0 for one that wants all. */
export function startOf({ headers }: IncomingMessage): number {
  return Number(/^bytes=(?<start>\d+)-$/.exec(headers.range ?? '')?.groups?.['start'] ?? 0);
}

/** Answers with a file, or the rest of it to who asks for that and has the beginning of the same. */
export function serve(content: Uint8Array, etag = '"1"'): Handler {
  return (request, response) => {
    const start = startOf(request);
    const isRest = start > 0 && request.headers['if-range'] === etag;
    const body = isRest ? content.subarray(start) : content;
    response
      .writeHead(isRest ? 206 : 200, {
        etag,
        'content-length': body.length,
        ...(isRest && { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` }),
      })
      .end(body);
  };
}
