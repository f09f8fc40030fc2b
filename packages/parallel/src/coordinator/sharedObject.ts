/// <reference path="./comlinkNodeAdapter.d.ts" />
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { expose, type TransferHandler, transferHandlers, wrap } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';

const shared = new WeakSet<object>();

/**
 * Comlink's proxy of an object, by a port of its own, but in Node's way: `port.on('message')`. By `addEventListener`, as Comlink's
 * own does it, Node.js makes events of the browser's kind, for whose class it loads its HTTP client: 20 ms in each of two
 * threads, before the first step of a run.
 */
const handler: TransferHandler<object, MessagePort> = {
  canHandle: (value): value is object => typeof value === 'object' && value !== null && shared.has(value),
  serialize: (value) => {
    const { port1, port2 } = new MessageChannel();
    expose(value, nodeEndpoint(port1));
    return [port2, [port2]];
  },
  deserialize: (port) => wrap(nodeEndpoint(port)),
};

// Both sides have to know it by the same name: it is set where either imports this.
transferHandlers.set('lockstep shared object', handler);

/** Has an object stay in this thread when it is passed to another, which gets a proxy of it. */
export function shareObject<T extends object>(value: T): T {
  shared.add(value);
  return value;
}
