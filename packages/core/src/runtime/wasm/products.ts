import type { ProductCode } from '../../kernels/x64/productCode.ts';

export type { ProductCode };

/**
 * Makes the sums of a block of a product: its number, addresses of both operands and of the sums in the WebAssembly memory, units.
 * A module that was emitted with machine code imports it as `lockstep.product`.
 */
export type RunProduct = (
  product: number,
  splat: number,
  vector: number,
  sums: number,
  units: number,
) => void;

/** Puts machine code of products where this thread can call it. */
export type InstallProducts = (code: ProductCode, memory: WebAssembly.Memory) => RunProduct;

let install: InstallProducts | undefined;

/**
 * Lets executors of this process make products by machine code, or no longer. For the host to call before it compiles: core itself
 * never does, as it cannot make code executable.
 */
export function setProductInstaller(installer: InstallProducts | undefined): void {
  install = installer;
}

export const productInstaller = (): InstallProducts | undefined => install;
