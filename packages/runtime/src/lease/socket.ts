// The carrier for the Node.js program: a unix socket, one connection a call.
import type { Socket } from "node:net";
import { AdaptationError, type Logger, listen } from "@nri/adaptation";
import { errorText } from "../error-text.js";
import type { Answer, RuntimeResult } from "../lease.js";
import type { RuntimeCall } from "../runtime-call.js";
import type { LeaseDesk, OpenLease } from "./desk.js";
import { encodeFrame, FrameReader, type LeaseFrame } from "./frame.js";
import { lifecycle } from "./question.js";
import { oneLine } from "./refusal.js";

/** A listening socket with its connections. */
export interface LeaseSocket {
  /** Stops listening, drops connections, removes the socket. */
  close(): Promise<void>;
}

/** Listens at `path`, in a folder that is ours. Throws when somebody else does. */
export async function listenAt(path: string, desk: LeaseDesk, log: Logger | undefined): Promise<LeaseSocket> {
  const connections = new Set<Socket>();
  const accept = (socket: Socket): void => {
    if (connections.size >= desk.limits.maxLeases) return void socket.destroy();
    connections.add(socket);
    socket.on("close", () => connections.delete(socket));
    serve(socket, desk, log);
  };
  const failed = (error: Error): void => log?.error(`lease socket "${path}": ${errorText(error)}`);
  const listener = await listen(path, accept, failed).catch((error: unknown) => {
    if (!(error instanceof AdaptationError) || error.code !== "socket-in-use") throw error;
    throw new Error(`lease socket "${path}" is in use: another daemon listens on it`, { cause: error });
  });
  return {
    close: async () => {
      await listener.close();
      for (const socket of connections) socket.destroy();
    },
  };
}

/** One connection: question, answer, what came of it. */
function serve(socket: Socket, desk: LeaseDesk, log: Logger | undefined): void {
  const reader = new FrameReader(desk.limits.maxSpecBytes);
  let lease: OpenLease | undefined;
  const fail = (error: unknown): void => {
    log?.warn(`a wrapper's connection was dropped: ${errorText(error)}`);
    socket.destroy();
  };
  const late = setTimeout(() => fail(new Error(`no question in ${desk.limits.questionMs} ms`)), desk.limits.questionMs);
  const tell = (answer: Answer): void => {
    const payload = answer.kind === "replace" ? answer.payload : undefined;
    const text = answer.kind === "refuse" ? oneLine(answer.text, desk.limits.maxTextBytes) : undefined;
    socket.write(encodeFrame({ kind: answer.kind, text }, payload));
  };
  const take = ({ header, payload }: LeaseFrame): void => {
    if (lease === undefined) {
      clearTimeout(late);
      lease = desk.take(readCall(header), payload, tell);
    } else {
      lease.end(readResult(header));
      socket.end();
    }
  };
  socket.on("data", (chunk) => {
    try {
      for (const frame of reader.push(chunk)) take(frame);
    } catch (error) {
      fail(error);
    }
  });
  socket.on("error", (error) => log?.debug(`a wrapper's connection: ${errorText(error)}`));
  socket.on("close", () => {
    clearTimeout(late);
    lease?.end(undefined);
  });
}

function readCall(header: unknown): RuntimeCall {
  const text = (key: string): string => {
    const value: unknown = typeof header === "object" && header !== null ? Reflect.get(header, key) : undefined;
    if (typeof value !== "string") throw new Error(`the question has no ${key}`);
    return value;
  };
  const verb = lifecycle(text("verb"));
  return { verb, id: text("id"), root: text("root"), bundle: text("bundle"), engine: text("engine") };
}

function readResult(header: unknown): RuntimeResult {
  const number = (key: string): number => {
    const value: unknown = typeof header === "object" && header !== null ? Reflect.get(header, key) : undefined;
    if (typeof value !== "number" || !Number.isSafeInteger(value)) throw new Error(`the result has no ${key}`);
    return value;
  };
  return { code: number("code"), pid: number("pid") };
}
