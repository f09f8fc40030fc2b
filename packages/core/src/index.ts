export type { ErrorCode, ErrorPlace, ExitCode, LockstepErrorDetails } from './errors.ts';
export { errorCatalogue, LockstepError } from './errors.ts';
