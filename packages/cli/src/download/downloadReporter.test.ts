import { PassThrough } from 'node:stream';
import { afterEach, expect, it, vi } from 'vitest';
import { downloadReporter } from './downloadReporter.ts';

afterEach(() => vi.useRealTimers());

it('says in a pipe every ten seconds how far a download is', () => {
  const stream = new PassThrough({ encoding: 'utf8' });
  vi.useFakeTimers({ toFake: ['Date'], now: 0 });
  const { listener } = downloadReporter(stream, false);
  listener({ type: 'download', file: 'a.gz', url: 'http://host/a.gz', from: 10_000_000 });
  for (let second = 1; second <= 25; second += 1) {
    vi.setSystemTime(1000 * second);
    listener({ type: 'progress', file: 'a.gz', bytes: (10 + second) * 1_000_000, total: 40_000_000 });
  }
  listener({ type: 'stored', file: 'a.gz', bytes: 40_000_000 });
  expect(String(stream.read()).split('\n')).toEqual([
    'a.gz from http://host/a.gz, going on after 10.0 MB',
    'a.gz  50 %  20.0 MB of 40.0 MB  1.0 MB/s  20 s left',
    'a.gz  75 %  30.0 MB of 40.0 MB  1.0 MB/s  10 s left',
    'a.gz downloaded, checksum right',
    '',
  ]);
});
