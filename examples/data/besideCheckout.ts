import { fileURLToPath } from 'node:url';

/** Folders in which data sets may lie beside a checkout of this repository, for those who work on it. */
export const besideCheckout: readonly string[] = [
  fileURLToPath(new URL('../../../shared/data', import.meta.url)),
];
