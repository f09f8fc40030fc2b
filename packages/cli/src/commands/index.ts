import type { Command } from 'commander';
import { benchCommand } from './bench.ts';
import { evaluateCommand } from './evaluate.ts';
import { findLrCommand } from './findLr.ts';
import { gradcheckCommand } from './gradcheck.ts';
import { predictCommand } from './predict.ts';
import { trainCommand } from './train.ts';
import { verifyCommand } from './verify.ts';

/** Makes a command; it tells the exit code that it ends with if that is not 0. */
export type CommandFactory = (setExitCode: (code: number) => void) => Command;

/** Every command; a new one is one line here. */
export const commands: readonly CommandFactory[] = [
  trainCommand,
  verifyCommand,
  evaluateCommand,
  predictCommand,
  benchCommand,
  findLrCommand,
  gradcheckCommand,
];
