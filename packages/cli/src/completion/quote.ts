/** A word as bash, zsh and other shells of their kind read it literally. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
