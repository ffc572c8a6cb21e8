// A program started as a runtime starts plugins, with this process as the runtime: how long until it says something, its
// memory at rest, and its first requests.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import {
  ConfigureRequest,
  Empty,
  Mux,
  PLUGIN_CONNECTION,
  PLUGIN_SERVICE,
  RUNTIME_CONNECTION,
  RUNTIME_SERVICE,
  SynchronizeRequest,
} from "@nri/protocol";
import { duplexStream, TtrpcClient, TtrpcServer } from "@nri/ttrpc";
import { median } from "../statistics.js";

/** How long a program is left alone before its memory is read and its first request comes. */
const REST_MS = 1_500;
/** Between two requests, as containers do not start all at once. */
const PAUSE_MS = 5;
const REQUESTS = 100;

const ENVIRONMENT = { NRI_PLUGIN_IDX: "10", NRI_PLUGIN_NAME: "bench", NRI_PLUGIN_SOCKET: "3" };

function start(program: string, env: Readonly<Record<string, string>> = {}): [child: ChildProcess, socket: Socket] {
  const stdio = ["ignore", "ignore", "ignore", "pipe"] as const;
  const child = spawn(program, [], { env: { ...ENVIRONMENT, ...env }, stdio: [...stdio] });
  return [child, child.stdio[3] as Socket];
}

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Microseconds from the start until the first byte on the connection: of a plugin, its registration. */
export async function firstByteUs(program: string): Promise<number> {
  const begin = performance.now();
  const [child, socket] = start(program);
  await once(socket, "data");
  const took = (performance.now() - begin) * 1000;
  await end(child);
  return took;
}

/** Memory of a program that only needs to be started. */
export async function restingKb(program: string): Promise<number> {
  const [child] = start(program);
  await pause(REST_MS);
  const kb = residentKb(child.pid);
  await end(child);
  return kb;
}

/** A plugin's memory at rest, and microseconds of its first requests. */
export interface FirstRequests {
  readonly rssKb: number;
  readonly first: number;
  readonly to10: number;
  readonly to100: number;
}

/** Registers, configures and synchronizes a plugin, leaves it alone, and asks it for `request`, again and again. */
export async function firstRequests(
  program: string,
  request: Uint8Array,
  env?: Readonly<Record<string, string>>,
): Promise<FirstRequests> {
  const [child, socket] = start(program, env);
  const mux = new Mux(duplexStream(socket), { blockedRead: true });
  const registered = new Promise<void>((resolve) => {
    const nothing = Empty.encode({});
    const RegisterPlugin = (): Uint8Array => {
      resolve();
      return nothing;
    };
    new TtrpcServer().register(RUNTIME_SERVICE, { RegisterPlugin }).serve(mux.open(RUNTIME_CONNECTION));
  });
  const client = new TtrpcClient(mux.open(PLUGIN_CONNECTION));
  const call = (method: string, payload: Uint8Array) => client.call(PLUGIN_SERVICE, method, payload);
  mux.unblock();
  await registered;
  const times = { registrationTimeout: 5000n, requestTimeout: 2000n };
  await call("Configure", ConfigureRequest.encode({ runtimeName: "bench", NRIVersion: "v0.12.2", ...times }));
  await call("Synchronize", SynchronizeRequest.encode({}));
  await pause(REST_MS);
  const rssKb = residentKb(child.pid);
  const took: number[] = [];
  for (let i = 0; i < REQUESTS; i++) {
    const begin = performance.now();
    await call("CreateContainer", request);
    took.push((performance.now() - begin) * 1000);
    await pause(PAUSE_MS);
  }
  mux.close();
  await end(child);
  return { rssKb, first: took[0] ?? 0, to10: median(took.slice(1, 10)), to100: median(took.slice(10)) };
}

function residentKb(pid: number | undefined): number {
  return Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
}
