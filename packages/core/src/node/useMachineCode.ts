import { productsAreExact } from '../runtime/wasm/probeProducts.ts';
import { setProductInstaller } from '../runtime/wasm/products.ts';
import { canRunProducts, installProducts } from './installProducts.ts';

/**
 * Lets matrix products be made by machine code with 512-bit vectors (AVX-512), twice as wide as WebAssembly's. The bits are the
 * same: that is tried once, and where it is not so, or the CPU or the system does not have what it takes (x86-64 with AVX-512, not
 * Windows, the optional package koffi), everything stays WebAssembly. It holds for this process and for what is compiled
 * afterwards, so this is for a program to call, never for a library on import.
 *
 * @param use - false goes back to WebAssembly. Default: true, unless the environment has LOCKSTEP_MACHINE_CODE=0
 * @returns whether machine code will be used
 */
export function useMachineCode(use: boolean = process.env['LOCKSTEP_MACHINE_CODE'] !== '0'): boolean {
  const works = use && canRunProducts() && productsAreExact(installProducts);
  setProductInstaller(works ? installProducts : undefined);
  return works;
}
