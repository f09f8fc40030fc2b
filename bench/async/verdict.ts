/** What a table says of a target. */
export function verdict(reached: boolean): string {
  return reached ? 'reached' : 'MISSED';
}
