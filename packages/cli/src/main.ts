#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { setWasmFlags } from '@lockstep/core/node';

// Modules that were compiled before are there in a quarter of the time, in worker threads too. It counts for those that are
// loaded after it.
enableCompileCache();
const { runCommandLine } = await import('./commandLine.ts');
// The flags are the whole process's, and hold for what is compiled after them.
setWasmFlags();
process.exitCode = await runCommandLine(process.argv.slice(2));
