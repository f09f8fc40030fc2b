#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Modules that were compiled before are there in a quarter of the time, in worker threads too. It counts for those that are
// loaded after it.
enableCompileCache();
const { endOnBrokenPipe } = await import('./brokenPipe.ts');
endOnBrokenPipe();
const { runCommandLine } = await import('./commandLine.ts');
process.exitCode = await runCommandLine(process.argv.slice(2));
