/** A file of a data set, as it lies in the data set's folder. */
export interface KnownFile {
  /** What it is called there and below a mirror. One that ends in `.gz` may lie unpacked too, without that ending. */
  readonly name: string;
  /** Of what is in it: of a packed file, of what it unpacks to, so that it does not matter how it was packed. */
  readonly bytes: number;
  /** Of what is in it, in hexadecimal. */
  readonly sha256: string;
}

/** A tar archive, packed with gzip, that has the files of a data set. */
export interface KnownArchive {
  readonly name: string;
  readonly bytes: number;
  /** Of the archive as it is. */
  readonly sha256: string;
  /** Where in it the files are. */
  readonly folder: string;
}

/** A public data set: where it can be had, and how to tell that it is whole. */
export interface KnownDataset {
  readonly name: string;
  readonly title: string;
  /** Who made it. */
  readonly source: string;
  readonly licence: string;
  /** How a run file loads it. */
  readonly load: string;
  /** URLs of folders that have the files, or the archive; tried in this order. */
  readonly mirrors: readonly string[];
  readonly files: readonly KnownFile[];
  /** Where the files come in, if they do not lie on the mirrors one by one. */
  readonly archive?: KnownArchive;
}
