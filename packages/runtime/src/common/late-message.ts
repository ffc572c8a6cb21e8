// A message that is decoded when it is looked at, and not kept: a thousand containers are handed over one by one.

let latest: { readonly of: object; readonly message: object } | undefined;

/**
 * An object that looks as what `decode` gives, which is called when somebody reads it. Only the latest of all is kept: who reads
 * one after the other, each as a whole, has each decoded once.
 */
export function lateMessage<T extends object>(decode: () => T): T {
  const target = {};
  const message = (): T => {
    if (latest?.of !== target) latest = { of: target, message: decode() };
    return latest.message as T;
  };
  return new Proxy(target as T, {
    get: (_target, key) => Reflect.get(message(), key),
    has: (_target, key) => Reflect.has(message(), key),
    ownKeys: () => Reflect.ownKeys(message()),
    getOwnPropertyDescriptor: (_target, key) => Reflect.getOwnPropertyDescriptor(message(), key),
    set: () => false,
    deleteProperty: () => false,
    defineProperty: () => false,
  });
}
