import { join } from 'node:path';
import { LockstepError } from '@lockstep/core';
import { dataFile, dataFolder, type KnownDataset, knownDataset, knownDatasets } from '@lockstep/core/node';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { addDataDirFlag } from '../dataDirFlag.ts';
import { downloadReporter, megabytes } from '../download/downloadReporter.ts';
import { getDataset } from '../download/getDataset.ts';
import { addExamples } from '../help.ts';
import { abortOnInterrupt } from '../interrupt.ts';
import { parsePositive } from '../parseNumber.ts';

interface GetFlags {
  readonly mirror?: readonly string[];
  readonly timeout: number;
  readonly force?: true;
  readonly json?: true;
}

function collectMirror(url: string, before: readonly string[] = []): readonly string[] {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new InvalidArgumentError('It has to be the URL of a folder, with http or https.');
  return [...before, url];
}

function requireName(name: string | undefined): KnownDataset {
  if (name !== undefined) return knownDataset(name);
  throw new LockstepError('BAD_OPTION', 'no data set is named', {
    wanted: Object.keys(knownDatasets).join(', '),
    hint: '`lockstep data list` says what they are.',
  });
}

/** What there is to say of a data set that could not be downloaded for want of a way to the world. */
function proxyHint(error: unknown): string | undefined {
  const { HTTPS_PROXY, https_proxy: lowerCase, NODE_USE_ENV_PROXY } = process.env;
  const isFailure = error instanceof LockstepError && error.code === 'DOWNLOAD_FAILED';
  if (!isFailure || !(HTTPS_PROXY || lowerCase) || NODE_USE_ENV_PROXY) return undefined;
  return 'There is a proxy: Node.js uses it with NODE_USE_ENV_PROXY=1 in the environment.';
}

async function runGet(name: string | undefined, flags: GetFlags): Promise<number> {
  const known = requireName(name);
  const { json = false, force = false, mirror: mirrors = [], timeout: stallSeconds } = flags;
  const { note, close, listener } = downloadReporter(process.stdout, json);
  const interrupt = abortOnInterrupt(() => note('stopping; once more to stop at once'));
  const { signal } = interrupt;
  note(`${known.title} (${known.licence})`);
  try {
    const options = { folder: dataFolder(), mirrors, force, stallSeconds, signal, onEvent: listener };
    const folder = await getDataset(known, options);
    if (json) process.stdout.write(`${JSON.stringify({ type: 'data', name: known.name, path: folder })}\n`);
    note(`${known.name} is in ${folder}\nIn a run file: ${known.load}`);
    return 0;
  } catch (error) {
    if (signal.aborted && !(error instanceof LockstepError)) {
      note('What has come is kept: the same command goes on from there.');
      return interrupt.exitCode();
    }
    const hint = proxyHint(error);
    if (hint !== undefined) note(hint);
    throw error;
  } finally {
    interrupt.release();
    close();
  }
}

/** Whether a data set is on this machine, by the names of its files. */
function presence({ name, files }: KnownDataset): 'here' | 'in part' | 'no' {
  const folder = join(dataFolder(), name);
  const there = files.filter((file) => dataFile(folder, file.name) !== undefined);
  if (there.length === files.length) return 'here';
  return there.length > 0 ? 'in part' : 'no';
}

function runList({ json }: { readonly json?: true }): void {
  const rows = Object.values(knownDatasets).map((known) => {
    const { name, title, source, licence, load, files } = known;
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    return { name, title, source, licence, load, bytes, there: presence(known) };
  });
  const widest = Math.max(...rows.map(({ name }) => name.length));
  const lines = json
    ? rows.map((row) => JSON.stringify(row))
    : [
        ...rows.flatMap(({ name, title, source, licence, bytes, there }) => [
          `${name.padEnd(widest)}  ${there.padEnd(7)}  ${title}; ${megabytes(bytes)}`,
          `${''.padEnd(widest + 11)}${source}; licence: ${licence}`,
        ]),
        `Folder: ${dataFolder()}`,
      ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** `lockstep data`: public data sets, on the web and on this machine. */
export function dataCommand(setExitCode: (code: number) => void): Command {
  const get = new Command('get')
    .description('download a data set, or what is missing of it, and check it')
    .addArgument(new Argument('[name]', 'data set').choices(Object.keys(knownDatasets)))
    .option('--mirror <url>', 'folder on the web to try first; may be given several times', collectMirror)
    .option('--timeout <seconds>', 'time without a byte after which a server is given up', parsePositive, 30)
    .option('--force', 'download what is there too')
    .option('--json', 'print one JSON object a line')
    .action(async (name: string | undefined, flags: GetFlags) => setExitCode(await runGet(name, flags)));
  const list = new Command('list')
    .description('list the data sets that there are, and which are on this machine')
    .option('--json', 'print one JSON object a line')
    .action(runList);
  const command = new Command('data').description('download public data sets');
  for (const sub of [get, list]) command.addCommand(addDataDirFlag(sub));
  addExamples(get, [
    ['lockstep data get mnist', "then, in a run file: loadMnist(findData('mnist'))"],
    ['lockstep data get cifar-10 --data-dir /srv/data', 'kept there; later LOCKSTEP_DATA=/srv/data'],
    ['lockstep data get mnist --mirror https://files.example/mnist/', 'from there first'],
  ]);
  return addExamples(command, [
    ['lockstep data list', 'which there are'],
    ['lockstep data get mnist', 'download one'],
  ]);
}
