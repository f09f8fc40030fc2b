/** ln 2 in two parts; the first has 16 bits, so that an exponent times it is exact. */
export const LN2_HIGH = 0.693145751953125;
export const LN2_LOW = 1.4286068e-6;
