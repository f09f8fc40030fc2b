/** What the first record of every checkpoint says. */
export const checkpointFormat = 'lockstep.checkpoint';

/** Of the format; moves when a reader of the version before would misread it. */
export const checkpointVersion = 1;

/** Bytes of a tensor, or of a text, in one record. */
export const partLength = 2 ** 20;

/** Longest record: metrics that are matrices are the only ones that can come near. */
export const longestRecord = 2 ** 22;

/** Messages in one record, at most: each row of a matrix is one. */
export const mostMessages = 2 ** 14;
