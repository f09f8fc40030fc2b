import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandEnded, commandInProcess } from './commandInProcess.ts';
import {
  type Ended,
  type LockstepProcessOptions,
  lockstep as lockstepIn,
  parseLines,
} from './lockstepProcess.ts';

const runFile = (name: string): string =>
  fileURLToPath(new URL(`fixtures/runFiles/${name}.ts`, import.meta.url));

let folder = '';
let folders = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const newFolder = (): string => {
  folders += 1;
  return join(folder, String(folders));
};

const lockstep = (args: readonly string[], onOutput?: LockstepProcessOptions['onOutput']): Promise<Ended> =>
  lockstepIn(args, { cwd: folder, ...(onOutput && { onOutput }) });

/** In this process. */
const command = (args: readonly string[]): Promise<CommandEnded> => commandInProcess(args, { cwd: folder });

describe('lockstep train', () => {
  it('prints plain lines in a pipe, the weights hash last', async () => {
    const { code, stdout, stderr } = await lockstep(['train', runFile('line'), '--out', newFolder()]);
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(8);
    expect(lines[0]).toMatch(/^line: 2 parameters, 3 rows, 3 epochs of batch 2/);
    expect(lines[1]).toMatch(/^epoch 1\/3 {2}loss [\d.]+ {2}meanAbsoluteError [\d.]+ {2}[\d,]+ samples\/s$/);
    expect(lines[4]).toMatch(/^checkpoint .*step-000000006\.ckpt$/);
    expect(lines[7]).toMatch(/^weights sha256:[0-9a-f]{64}$/);
    expect(stdout).not.toContain('\u001b');
  });

  it('prints one JSON object a line with --json, and keeps the same in the folder', async () => {
    const out = newFolder();
    const { stdout } = await command(['train', runFile('line'), '--json', '--out', out]);
    const events = parseLines(stdout).filter(({ type }) => type !== 'step');
    expect(events.map(({ type }) => type)).toEqual([
      'start',
      'norms',
      'epoch',
      'epoch',
      'epoch',
      'checkpoint',
      'done',
    ]);
    expect(events[0]).toMatchObject({
      workers: 1,
      mode: 'sync',
      numerics: 'strict',
      parameters: 2,
      lanes: 1,
      seed: 5,
    });
    expect(events[4]).toMatchObject({
      epoch: 3,
      loss: expect.any(Number),
      metrics: { meanAbsoluteError: expect.any(Number) },
    });
    expect(events[5]).toMatchObject({ step: 6, path: join(out, 'checkpoints', 'step-000000006.ckpt') });
    expect(events[6]).toMatchObject({
      epochs: 3,
      steps: 6,
      weightsHash: expect.stringMatching(/^sha256:/),
      wallSeconds: expect.any(Number),
    });
    expect(parseLines(readFileSync(join(out, 'metrics.jsonl'), 'utf8'))).toEqual(events);
    expect(JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'))).toMatchObject({
      name: 'line',
      seed: 5,
      batchSize: 2,
      optimizer: { name: 'sgd', learningRate: 0.1 },
    });
  });

  it('changes the run by flags, and by nothing else', async () => {
    const flags = ['--epochs', '2', '--batch-size', '3', '--lanes', '2', '--lr', '0.05', '--seed', '7'];
    const changed = await command(['train', runFile('line'), '--json', '--out', newFolder(), ...flags]);
    expect(parseLines(changed.stdout)[0]).toMatchObject({
      epochs: 2,
      batchSize: 3,
      lanes: 2,
      seed: 7,
      stepsPerEpoch: 1,
    });
    const quiet = ['train', runFile('line'), '--quiet', '--out'];
    const first = await command([...quiet, newFolder()]);
    expect((await command([...quiet, newFolder()])).stdout).toBe(first.stdout);
    expect(first.stdout).toMatch(/^loss .*\nweights sha256:[0-9a-f]{64}\n$/);
    expect(changed.stdout).not.toContain(first.stdout.slice(-65, -1));
  });

  it('refuses a folder that holds a run', async () => {
    const out = newFolder();
    await command(['train', runFile('line'), '--out', out]);
    const again = await command(['train', runFile('line'), '--out', out]);
    expect(again).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('OUT_EXISTS') });
  });

  it.each([
    ['a run file that is missing', ['train', 'nowhere.ts'], 2, 'RUN_FILE_MISSING'],
    ['a run file that throws', ['train', runFile('throwing')], 2, 'a mistake of its own'],
    ['a run file without a run', ['train', runFile('noRun')], 2, 'RUN_FILE_INVALID'],
    ['data that is missing', ['train', runFile('missingData')], 3, 'DATA_MISSING'],
    ['a run that diverges', ['train', runFile('diverging')], 4, 'DIVERGED'],
    ['a value that a run may not have', ['train', runFile('line'), '--batch-size', '0'], 2, 'run.batchSize'],
    ['a flag that is no number', ['train', runFile('line'), '--lr', 'fast'], 2, 'number'],
    [
      'a folder that cannot be',
      ['train', runFile('line'), '--out', join(runFile('line'), 'in')],
      3,
      'NOT_WRITABLE',
    ],
    ['no workers', ['train', runFile('line'), '--workers', '0'], 2, 'integer, 1 or above'],
    ['a mode that there is not', ['train', runFile('line'), '--mode', 'hogwold'], 2, 'Did you mean hogwild?'],
    ['a misspelt flag', ['train', runFile('line'), '--epoch', '3'], 2, 'Did you mean --epochs?'],
    [
      'an option that there is not',
      ['train', runFile('line'), '--set', 'epoch=3'],
      2,
      'Did you mean "epochs"?',
    ],
    ['a misspelt command', ['trian'], 2, 'Did you mean train?'],
    ['no run file', ['train'], 2, 'run-file'],
  ])('ends with its own code for %s', async (_what, args, code, text) => {
    const out = args.includes(runFile('diverging')) ? ['--out', newFolder()] : [];
    const ended = await command([...args, ...out]);
    expect(ended).toMatchObject({ code, stderr: expect.stringContaining(text) });
  });

  it('finds a learning rate, and keeps nothing', async () => {
    const found = await command(['find-lr', runFile('small'), '--workers', '2', '--steps', '40', '--json']);
    expect([found.code, found.stderr]).toEqual([0, '']);
    const [{ type, suggestion, points } = {}] = parseLines(found.stdout);
    expect({ type, suggestion, points }).toEqual({
      type: 'learningRate',
      suggestion: expect.any(Number),
      points: expect.any(Array),
    });
    const { stdout } = await command(['find-lr', runFile('small'), '--workers', '1', '--steps', '40']);
    const rate = Number(Number(suggestion).toPrecision(4));
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(`suggestion: --lr ${rate}`);
    expect(existsSync(join(folder, 'runs'))).toBe(false);
  });

  it('ends in order, and saves the run, when nobody reads its output any more', async () => {
    const out = newFolder();
    const { code, stderr } = await lockstep(
      ['train', runFile('endless'), '--json', '--out', out],
      (child) => {
        child.stdout?.destroy();
      },
    );
    expect([code, stderr]).toEqual([141, '']);
    const events = parseLines(readFileSync(join(out, 'metrics.jsonl'), 'utf8'));
    expect(events.slice(-2)).toMatchObject([{ type: 'checkpoint' }, { type: 'done', reason: 'aborted' }]);
  });

  it('explains itself with --help', async () => {
    const { code, stdout } = await command(['train', '--help']);
    expect(code).toBe(0);
    for (const flag of [
      '--workers',
      '--reduce',
      '--mode',
      '--epochs',
      '--batch-size',
      '--lanes',
      '--lr',
      '--seed',
      '--out',
      '--json',
      '--quiet',
    ])
      expect(stdout).toContain(flag);
  });

  it.each([
    ['Ctrl-C', 'SIGINT', 130],
    ['a request to end', 'SIGTERM', 143],
  ] as const)('ends in order on %s', async (_what, signal, wanted) => {
    let sent = false;
    const args = ['train', runFile('endless'), '--json', '--out', newFolder()];
    const { code, stdout } = await lockstep(args, (child, all) => {
      if (!sent && all.includes('"type":"epoch"')) sent = child.kill(signal);
    });
    expect(code).toBe(wanted);
    expect(parseLines(stdout).at(-1)).toMatchObject({ type: 'done', reason: 'aborted' });
  });
});
