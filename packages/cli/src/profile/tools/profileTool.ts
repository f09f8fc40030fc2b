import type { Run, RunSettings } from '@lockstep/core';
import type { Limits, Sharing } from '../recording.ts';

/** What to profile, and where to put it. */
export interface ProfileRequest {
  readonly run: Run;
  /** What `run` was made of, for a tool that profiles another process. */
  readonly source: { readonly file: string; readonly changes: RunSettings };
  readonly sharing: Sharing;
  readonly limits: Limits;
  /** A folder of this profile's own; it is there. */
  readonly folder: string;
  /** Ends the training early. */
  readonly signal: AbortSignal;
  /** Show the report in a browser, if the tool makes one. */
  readonly open: boolean;
  /** Tells the user what goes on. */
  note(text: string): void;
}

/** What a tool found. */
export interface ProfileReport {
  /** For people. */
  readonly lines: readonly string[];
  /** The same as plain data. */
  readonly data: Readonly<Record<string, unknown>>;
  /** What was written. */
  readonly files: readonly string[];
}

/** A way to look at a run. */
export interface ProfileTool {
  readonly name: string;
  /** Profiles one thread alone: the number of workers means nothing to it. */
  readonly isSolo: boolean;
  /** Its report is a page for a browser. */
  readonly isPage: boolean;
  profile(request: ProfileRequest): Promise<ProfileReport>;
}
