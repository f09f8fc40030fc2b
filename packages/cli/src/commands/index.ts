import type { Command } from 'commander';

/**
 * Makes a command; it tells the exit code that it ends with if that is not 0.
 *
 * @param wholeProgram - makes the command line with all its commands, for one that is about them
 */
export type CommandFactory = (
  setExitCode: (code: number) => void,
  wholeProgram: () => Promise<Command>,
) => Command;

/** A command as the list of all of them shows it. What it needs is loaded once it is asked for. */
export interface CommandEntry {
  readonly name: string;
  /** Shown in the list; the command's own description may say more. */
  readonly summary: string;
  load(): Promise<CommandFactory>;
}

/** Every command, as `lockstep --help` lists them; a new one is one entry here. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'train',
    summary: 'train the network that a run file defines',
    load: async () => (await import('./train.ts')).trainCommand,
  },
  {
    name: 'evaluate',
    summary: 'measure a trained model',
    load: async () => (await import('./evaluate.ts')).evaluateCommand,
  },
  {
    name: 'predict',
    summary: 'predict from new rows',
    load: async () => (await import('./predict.ts')).predictCommand,
  },
  {
    name: 'inspect',
    summary: 'show what a run file defines, or what a run has saved',
    load: async () => (await import('./inspect.ts')).inspectCommand,
  },
  {
    name: 'verify',
    summary: 'train with several numbers of workers, and compare the bits',
    load: async () => (await import('./verify.ts')).verifyCommand,
  },
  {
    name: 'bench',
    summary: 'measure how training gets faster with more workers',
    load: async () => (await import('./bench.ts')).benchCommand,
  },
  {
    name: 'profile',
    summary: 'show where the time of a run goes',
    load: async () => (await import('./profile.ts')).profileCommand,
  },
  {
    name: 'find-lr',
    summary: 'try learning rates, and suggest one',
    load: async () => (await import('./findLr.ts')).findLrCommand,
  },
  {
    name: 'gradcheck',
    summary: 'compare gradients with slopes of the loss',
    load: async () => (await import('./gradcheck.ts')).gradcheckCommand,
  },
  {
    name: 'data',
    summary: 'download public data sets, such as MNIST',
    load: async () => (await import('./data.ts')).dataCommand,
  },
  {
    name: 'completion',
    summary: 'print a script with which a shell completes commands and flags',
    load: async () => (await import('./completion.ts')).completionCommand,
  },
];
