#!/usr/bin/env node
// As a whole: an older Node.js, which is to be told what is wrong, has no such function to import.
import module from 'node:module';
import { outdatedNode } from './outdatedNode.ts';

const outdated = outdatedNode(process.versions.node);
if (outdated !== undefined) {
  process.stderr.write(`${outdated}\n`);
  process.exit(2);
}
// Modules that were compiled before are there in a quarter of the time, in worker threads too. It counts for those that are
// loaded after it.
module.enableCompileCache();
const { endOnBrokenPipe } = await import('./brokenPipe.ts');
endOnBrokenPipe();
const { runCommandLine } = await import('./commandLine.ts');
process.exitCode = await runCommandLine(process.argv.slice(2));
