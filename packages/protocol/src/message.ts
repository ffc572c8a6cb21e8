// The codec of one message: bytes to plain objects and back.

import { FieldByField } from "./later.js";
import type { Copy } from "./wire/copier.js";
import { copyPresent } from "./wire/copier.js";
import { outline, type Shape } from "./wire/outline.js";
import { decodeWith, type Read } from "./wire/reader.js";
import { encodeFor, encodeWith, type Write } from "./wire/writer.js";

/** What may be written for `T`: any part may be left out or undefined, which means its proto3 default. */
export type Init<T> = T extends bigint | string | number | boolean | Uint8Array
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Init<Item>[]
    : { readonly [Key in keyof T]?: Init<T[Key]> | undefined };

/** A message that is decoded as it is read. It keeps its bytes, which must not change. */
export interface Later<T> {
  /** The field as `decode` of the whole message gives it; the same each time. */
  take<Name extends keyof T>(name: Name): T[Name];
}

/** Bytes to message and back. */
export interface MessageType<T> {
  /** Full protobuf name. */
  readonly typeName: string;
  /**
   * Encodes into bytes of their own, maps in the object's order. Absent parts and defaults are left out; a message
   * that is present is written even if empty. Throws ProtocolError `invalid-value` for a value that does not fit its
   * field (the text has the path and the value), `oversize` above MAX_MESSAGE_BYTES.
   */
  encode(message: Init<T>): Uint8Array;
  /** As `encode`, without bytes of their own: `use` gets a view that is valid until it returns, and must encode nothing. */
  encodeFor<R>(message: Init<T>, use: (view: Uint8Array) => R): R;
  /**
   * Decodes into a message with every field set to its value or default; absent sub-messages are `undefined`. Unknown
   * fields are passed over. Throws ProtocolError `invalid-bytes` (the text has the path and the offset) or `oversize`.
   */
  decode(bytes: Uint8Array): T;
  /**
   * The message in bytes that stay as they are, each of its fields decoded when it is asked for. Undefined for bytes of
   * which it cannot be told at once that `decode` takes them: those that it refuses, and some that are unusual.
   */
  later(bytes: Uint8Array): Later<T> | undefined;
  /** A full message from parts; always a deep copy. Throws ProtocolError `invalid-value` like `encode`. */
  create(init?: Init<T>): T;
}

/** Puts the generated functions of one message together. */
export function messageType<T>(
  typeName: string,
  write: Write<Init<T>>,
  read: Read<T>,
  copy: Copy<T, Init<T>>,
  shape: Shape,
): MessageType<T> {
  const type: MessageType<T> = {
    typeName,
    encode: (message) => encodeWith(write, typeName, message),
    encodeFor: (message, use) => encodeFor(write, typeName, message, use),
    decode: (bytes) => decodeWith(read, typeName, bytes),
    later: (bytes) => {
      const places = outline(shape, bytes);
      return places && new FieldByField(bytes, places, shape.names as readonly (keyof T | "")[], type.decode);
    },
    create: (init) => copyPresent(init ?? ({} as Init<T>), copy, typeName),
  };
  return type;
}
