// Key order: JavaScript moves keys like "10" to the front of an object, so the order that a document had is kept aside.

const INTEGER_KEY = /^(?:0|[1-9][0-9]*)$/;
const ORDERS = new WeakMap<object, readonly string[]>();

/** Remembers the order in which `object`'s keys were written, when the object itself cannot. */
export function rememberOrder(object: object, keys: readonly string[]): void {
  if (keys.some((key) => INTEGER_KEY.test(key))) ORDERS.set(object, keys);
}

/** The keys of `object` as they are to be written: those of the document in its order, later ones after them. */
export function orderedKeys(object: object): readonly string[] {
  const keys = Object.keys(object);
  const order = ORDERS.get(object);
  if (order === undefined) return keys;
  const known = new Set(order);
  return [...order.filter((key) => Object.hasOwn(object, key)), ...keys.filter((key) => !known.has(key))];
}
