import { createRequire } from 'node:module';
import type koffiModule from 'koffi';

/** What calls functions of the system. */
export type Koffi = typeof koffiModule;

let opened: { readonly koffi: Koffi | undefined } | undefined;

/** The package koffi; undefined where it is not installed or has no build for. Loaded when it is asked for first: 5 to 15 ms. */
export function openKoffi(): Koffi | undefined {
  opened ??= { koffi: load() };
  return opened.koffi;
}

function load(): Koffi | undefined {
  try {
    return createRequire(import.meta.url)('koffi') as Koffi;
  } catch {
    return undefined;
  }
}
