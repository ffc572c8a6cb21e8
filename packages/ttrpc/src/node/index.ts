/**
 * The edge of ttRPC to Node.js: unix sockets and inherited descriptors.
 *
 * @packageDocumentation
 */

export { duplexStream } from "../duplex-stream.js";
export { type ConnectOptions, connectUnix, type FdStreamOptions, fdStream } from "./socket.js";
