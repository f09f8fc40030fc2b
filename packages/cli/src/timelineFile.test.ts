import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeTimeline } from './timelineFile.ts';

it('the file has what every thread did, under its name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-timeline-'));
  try {
    const file = join(folder, 'timeline.json');
    const span = { kind: 'update', step: 7, phase: 2, start: 1, end: 2 } as const;
    writeTimeline(file, { timelines: [[], [span]], threads: ['rank 0', 'server'] }, 'digits');
    const { traceEvents } = JSON.parse(readFileSync(file, 'utf8'));
    const names = ['process_name', 'thread_name', 'thread_name', 'update phase 2'];
    expect(traceEvents.map(({ name }: { name: string }) => name)).toEqual(names);
    expect(traceEvents.slice(1, 3)).toMatchObject([
      { args: { name: 'rank 0' } },
      { args: { name: 'server' } },
    ]);
    expect(traceEvents[3]).toMatchObject({ tid: 1, args: { step: 7, phase: 2 } });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
