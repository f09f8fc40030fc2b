import { expect, it } from 'vitest';
import { quietReporter } from './quiet.ts';

it('prints the result alone, and tells of warnings elsewhere', () => {
  const [written, warned]: [string[], string[]] = [[], []];
  const { listener } = quietReporter(
    (text) => void written.push(text),
    (text) => void warned.push(text),
  );
  listener({ type: 'warning', message: 'the run starts at step 0' });
  listener({
    type: 'done',
    reason: 'finished',
    epochs: 1,
    steps: 2,
    loss: 0.5,
    metrics: {},
    weightsHash: 'sha256:00',
    samplesPerSecond: 1,
    wallSeconds: 1,
  });
  expect(written).toEqual(['loss 0.5\n', 'weights sha256:00\n']);
  expect(warned).toEqual(['warning: the run starts at step 0\n']);
});
