/** A call to the file system, of a file or folder by its path in the folder that is looked at. */
export interface FileCall {
  readonly call: 'open' | 'write' | 'read' | 'fsync' | 'close' | 'rename' | 'rm' | 'mkdir';
  readonly file: string;
  /** What tells it from the other calls of the program: `fsync step.ckpt.tmp 3`. */
  readonly point: string;
  /** Of `open`. */
  readonly flags?: string;
  /** Of `rename`: the name that the file had. */
  readonly from?: string;
  /** Of `write`, when it was a text. */
  readonly text?: string;
}
