#!/usr/bin/env node
import { setWasmFlags } from '@lockstep/core/node';
import { runCommandLine } from './commandLine.ts';

// The flags are the whole process's, and hold for what is compiled after them. LOCKSTEP_WIDE=0 leaves out the one that is experimental.
setWasmFlags({ revectorize: process.env['LOCKSTEP_WIDE'] !== '0' });
process.exitCode = await runCommandLine(process.argv.slice(2));
