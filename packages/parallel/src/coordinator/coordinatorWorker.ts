/// <reference path="./comlinkNodeAdapter.d.ts" />
import { parentPort } from 'node:worker_threads';
import { expose } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { Coordinator } from './coordinator.ts';
import './sharedObject.ts';

if (parentPort !== null) expose(new Coordinator(), nodeEndpoint(parentPort));
