// One gRPC connection to containerd: calls by name, each with a deadline, of the services in this package's .proto files.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as grpc from "@grpc/grpc-js";
import * as loader from "@grpc/proto-loader";
import { LIMITS } from "../limits.js";

const PROTO_DIR = fileURLToPath(new URL("../../proto", import.meta.url));

/** gRPC's codes for what a call failed with, as far as they are told apart here. */
export const CODE = grpc.status;

/** A call of containerd that failed; `code` is one of `CODE`. */
export class ContainerdError extends Error {
  override readonly name = "ContainerdError";
  readonly code: number;
  constructor(text: string, code: number, cause: unknown) {
    super(text, { cause });
    this.code = code;
  }
}

/** Whether a call failed with one of these codes. */
export function failedWith(error: unknown, ...codes: readonly number[]): boolean {
  return error instanceof ContainerdError && codes.includes(error.code);
}

/** How a call is made. */
export interface CallOptions {
  /** containerd's namespace; none for what is not in one. */
  readonly namespace?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Until when it must be answered, in milliseconds from now. 0: it may last. */
  readonly ms?: number | undefined;
}

/** Calls of one containerd. */
export class Connection implements Disposable {
  readonly #protocol: loader.PackageDefinition;
  readonly #client: grpc.Client;

  /** Connects at the first call, and again whenever it is needed. `address` is the path of a unix socket. */
  constructor(address: string) {
    const files = readdirSync(PROTO_DIR).filter((name) => name.endsWith(".proto"));
    this.#protocol = loader.loadSync(files, { includeDirs: [PROTO_DIR], longs: String, defaults: true });
    this.#client = new grpc.Client(`unix://${address}`, grpc.credentials.createInsecure(), {
      "grpc.max_receive_message_length": LIMITS.containerd.maxMessageBytes,
      "grpc.max_send_message_length": LIMITS.containerd.maxMessageBytes,
      "grpc.initial_reconnect_backoff_ms": LIMITS.containerd.minPauseMs,
      "grpc.max_reconnect_backoff_ms": LIMITS.containerd.maxPauseMs,
    });
  }

  /** Calls `method`, such as `containerd.services.tasks.v1.Tasks/Get`. Throws ContainerdError. */
  unary<T>(method: string, request: object, options: CallOptions = {}): Promise<T> {
    const { path, requestSerialize, responseDeserialize } = this.#method(method);
    return new Promise<T>((resolve, reject) => {
      const call = this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        metadata(options),
        deadline(options),
        (error, answer) => {
          options.signal?.removeEventListener("abort", cancel);
          if (error) reject(readable(method, error, options.signal));
          else resolve(answer as T);
        },
      );
      const cancel = () => call.cancel();
      if (options.signal?.aborted) cancel();
      else options.signal?.addEventListener("abort", cancel, { once: true });
    });
  }

  /** Calls a method that answers with a stream. It ends with the loop over it. Throws ContainerdError. */
  async *stream<T>(method: string, request: object, options: CallOptions = {}): AsyncGenerator<T, void> {
    const { path, requestSerialize, responseDeserialize } = this.#method(method);
    const call = this.#client.makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      metadata(options),
      deadline(options),
    );
    const cancel = () => call.cancel();
    if (options.signal?.aborted) cancel();
    else options.signal?.addEventListener("abort", cancel, { once: true });
    try {
      for await (const message of call) yield message as T;
    } catch (error) {
      throw readable(method, error as grpc.ServiceError, options.signal);
    } finally {
      options.signal?.removeEventListener("abort", cancel);
      call.cancel();
    }
  }

  /** Reads the message of an `Any`, of the type with this full name. */
  decode<T>(type: string, bytes: Uint8Array): T {
    const definition = this.#protocol[type] as loader.MessageTypeDefinition<unknown, T> | undefined;
    if (definition === undefined) throw new Error(`no message "${type}" in ${PROTO_DIR}`);
    return definition.deserialize(Buffer.from(bytes)) as T;
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }

  #method(name: string): loader.MethodDefinition<object, object> {
    const [service = "", method = ""] = name.split("/");
    const found = (this.#protocol[service] as loader.ServiceDefinition | undefined)?.[method];
    if (found === undefined) throw new Error(`no call "${name}" in ${PROTO_DIR}`);
    return found as loader.MethodDefinition<object, object>;
  }
}

function metadata({ namespace }: CallOptions): grpc.Metadata {
  const values = new grpc.Metadata();
  if (namespace !== undefined) values.set("containerd-namespace", namespace);
  return values;
}

function deadline({ ms = LIMITS.containerd.callMs }: CallOptions): grpc.CallOptions {
  return ms === 0 ? {} : { deadline: Date.now() + ms };
}

function readable(method: string, error: grpc.ServiceError, signal: AbortSignal | undefined): ContainerdError {
  const said = (error.details || error.message).replace(/\s*Resolution note:\s*$/, "");
  // containerd may see before we do that the time is over. It then cancels the call, or, 1.6, only says so.
  const cancelled = error.code === CODE.CANCELLED && signal?.aborted !== true;
  const late = cancelled || error.code === CODE.DEADLINE_EXCEEDED || /context deadline exceeded/.test(said);
  const code = late ? CODE.DEADLINE_EXCEEDED : (error.code ?? CODE.UNKNOWN);
  const text = late ? "not answered in time" : said;
  return new ContainerdError(`containerd: ${method.slice(method.lastIndexOf(".") + 1)}: ${text}`, code, error);
}
