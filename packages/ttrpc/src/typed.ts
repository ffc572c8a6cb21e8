// Typed calls and handlers over any codec. Bytes stay the main road: a payload encoded once can go to many peers.

import type { TtrpcClient } from "./client.js";
import { errorText, StatusError, TtrpcError } from "./errors.js";
import type { CallOptions, Handler, HandlerContext } from "./interceptors.js";
import { StatusCode } from "./status.js";

/** Turns messages into bytes and back. `In` is what may be encoded, `Out` what decoding gives. */
export interface Codec<In, Out = In> {
  /** The message as bytes. */
  encode(message: In): Uint8Array;
  /** The message in the bytes; throws when there is none. */
  decode(bytes: Uint8Array): Out;
}

/** A unary method: full service name, bare method name, and the codecs of both messages. */
export interface UnaryMethod<RequestIn, RequestOut, ResponseIn, ResponseOut> {
  /** Full service name, with its package. */
  readonly service: string;
  /** Bare method name. */
  readonly name: string;
  /** Codec of what is sent. */
  readonly request: Codec<RequestIn, RequestOut>;
  /** Codec of what is answered. */
  readonly response: Codec<ResponseIn, ResponseOut>;
}

/** Calls a typed method. Rejects as `TtrpcClient.call` does, and with TtrpcError `protocol` when the answer does not decode. */
export async function callTyped<RequestIn, RequestOut, ResponseIn, ResponseOut>(
  client: TtrpcClient,
  method: UnaryMethod<RequestIn, RequestOut, ResponseIn, ResponseOut>,
  request: RequestIn,
  options?: CallOptions,
): Promise<ResponseOut> {
  const payload = await client.call(method.service, method.name, method.request.encode(request), options);
  try {
    return method.response.decode(payload);
  } catch (cause) {
    const text = `answer of ${method.service}/${method.name} does not decode: ${errorText(cause)}`;
    throw new TtrpcError("protocol", text, { cause });
  }
}

/** A handler of bytes from a typed one. A request that does not decode is answered with Internal, as the reference does. */
export function typedHandler<RequestIn, RequestOut, ResponseIn, ResponseOut>(
  method: UnaryMethod<RequestIn, RequestOut, ResponseIn, ResponseOut>,
  handle: (request: RequestOut, context: HandlerContext) => ResponseIn | Promise<ResponseIn>,
): Handler {
  return (payload, context) => {
    const result = handle(decodePayload(method.request, payload), context);
    return result instanceof Promise
      ? result.then((response) => method.response.encode(response))
      : method.response.encode(result);
  };
}

/** Decodes a request's payload; throws the StatusError (Internal) that the reference answers with when it does not decode. */
export function decodePayload<T>(codec: { decode(bytes: Uint8Array): T }, payload: Uint8Array): T {
  try {
    return codec.decode(payload);
  } catch (cause) {
    const text = `ttrpc: error unmarshalling payload: ${errorText(cause)}`;
    throw new StatusError(StatusCode.INTERNAL, text, { cause });
  }
}
