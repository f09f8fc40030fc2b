/**
 * Version of the definition of strict bits: how sums are ordered, how functions are computed, how random numbers are
 * drawn, how rows are shuffled, how a weights hash is made. It moves when any of these moves, and with it every golden
 * hash. Hashes and weights of a run can be compared between two versions of lockstep that have it in common.
 */
export const numericsVersion = 1;
