/**
 * ttRPC for TypeScript: unary calls over any duplex byte stream.
 *
 * A `TtrpcClient` calls methods, a `TtrpcServer` answers them, each over a `ByteStream`: a socket (`@nri/ttrpc/node`), any
 * Node stream (`duplexStream`), a pair in memory (`streamPair`), or something of your own. Payloads are bytes; `callTyped`
 * and `typedHandler` put a codec on top. Only `duplexStream` needs Node.js to run.
 *
 * @packageDocumentation
 */

export { type ClientOptions, type ClientStats, TtrpcClient } from "./client.js";
export { duplexStream } from "./duplex-stream.js";
export {
  decodeRequest,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  type RequestEnvelope,
  type ResponseEnvelope,
} from "./envelope.js";
export { OversizeError, StatusError, TtrpcError, type TtrpcErrorCode } from "./errors.js";
export { encodeFrame, FrameDecoder, type FrameSink, HEADER_BYTES, MessageFlag, MessageType } from "./frame.js";
export { statusFromError } from "./handler-error.js";
export type {
  Answer,
  CallOptions,
  ClientCall,
  ClientInterceptor,
  Handler,
  HandlerContext,
  ServerCall,
  ServerInterceptor,
} from "./interceptors.js";
export { DEFAULT_LIMITS, DEFAULT_STREAM_LIMITS, type StreamLimits, type TtrpcLimits } from "./limits.js";
export { streamPair } from "./memory-stream.js";
export { type Metadata, type MetadataInit, metadata } from "./metadata.js";
export { type ServerOptions, TtrpcServer } from "./server.js";
export type { ServerConnection, ServerConnectionStats } from "./server-connection.js";
export { StatusCode, statusName } from "./status.js";
export type { ByteReceiver, ByteStream } from "./stream.js";
export { type Codec, callTyped, decodePayload, typedHandler, type UnaryMethod } from "./typed.js";
