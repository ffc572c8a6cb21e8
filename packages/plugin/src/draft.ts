// A message under construction: any part may still be missing, every part may be written.

/** `T` with everything optional and writable, all the way down. Can be encoded as it is. */
export type Draft<T> = T extends bigint | string | number | boolean | Uint8Array
  ? T
  : T extends readonly (infer Item)[]
    ? Draft<Item>[]
    : { -readonly [Key in keyof T]?: Draft<T[Key]> | undefined };
