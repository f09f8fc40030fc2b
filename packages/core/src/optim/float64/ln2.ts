/** log(2) in two parts, as in fdlibm: the first ends in zero bits, so that it times an exponent is exact. */
export const ln2High = 0.6931471803691238;
export const ln2Low = 1.9082149292705877e-10;
