/** The first version of Node.js that the command runs on: as `engines` in package.json. */
const wanted: readonly [number, number] = [22, 18];

/**
 * What is wrong with a version of Node.js, or undefined. npm only warns of one that is too old, and its own errors name a
 * module that lacks something.
 *
 * @param version - such as `process.versions.node`
 */
export function outdatedNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > wanted[0] || (major === wanted[0] && minor >= wanted[1])) return undefined;
  return `lockstep needs Node.js ${wanted.join('.')} or newer; this is ${version}`;
}
