import { setWasmFlags } from '@lockstep/core/node';

let areSet = false;

/**
 * Sets V8's flags for WebAssembly, which hold for the whole process and for code compiled afterwards, at the first call.
 * With LOCKSTEP_WIDE=0 in the environment vectors are not widened.
 */
export function setFlagsOnce(): void {
  if (areSet) return;
  areSet = true;
  setWasmFlags();
}
