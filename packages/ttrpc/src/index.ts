/**
 * ttRPC for TypeScript: unary calls over any duplex byte stream.
 *
 * @packageDocumentation
 */
export {};
