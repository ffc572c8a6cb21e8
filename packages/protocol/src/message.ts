// The codec of one message: bytes to plain objects and back.
import { create, type DescMessage, fromBinary, toBinary } from "@bufbuild/protobuf";

/** What may be written for `T`: any part may be left out or undefined, which means its proto3 default. */
export type Init<T> = T extends bigint | string | number | boolean | Uint8Array
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Init<Item>[]
    : { readonly [Key in keyof T]?: Init<T[Key]> | undefined };

/** Bytes to message and back. */
export interface MessageType<T> {
  /** Full protobuf name. */
  readonly typeName: string;
  /** Encodes; absent parts are left out. Throws for values that do not fit their field. */
  encode(message: Init<T>): Uint8Array;
  /** Decodes into a message with every field set to its value or default; absent sub-messages are `undefined`. */
  decode(bytes: Uint8Array): T;
  /** A full message from parts; always a deep copy. */
  create(init?: Init<T>): T;
}

export function messageType<T>(schema: DescMessage): MessageType<T> {
  return {
    typeName: schema.typeName,
    encode: (message) => toBinary(schema, create(schema, message as never)),
    decode: (bytes) => fromBinary(schema, bytes) as T,
    create: (init) => create(schema, init as never) as T,
  };
}
