import { setWasmFlags, useMachineCode } from '@lockstep/core/node';

let areSet = false;

/**
 * At the first call sets V8's flags for WebAssembly, which hold for the whole process and for code compiled afterwards, and lets
 * products be made by machine code where that works. With LOCKSTEP_WIDE=0 in the environment vectors are not widened, with
 * LOCKSTEP_MACHINE_CODE=0 everything is WebAssembly.
 */
export function setFlagsOnce(): void {
  if (areSet) return;
  areSet = true;
  setWasmFlags();
  useMachineCode();
}
