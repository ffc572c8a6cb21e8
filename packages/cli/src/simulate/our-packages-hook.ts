// The resolve hook of our-packages.ts. Runs in a thread of its own inside the plugin's process.

interface Resolved {
  readonly url: string;
  readonly shortCircuit?: boolean;
}
type NextResolve = (specifier: string, context: object) => Promise<Resolved>;

/** Node's own answer, and for `@nri/*` that it does not find, ours. */
export async function resolve(specifier: string, context: object, next: NextResolve): Promise<Resolved> {
  try {
    return await next(specifier, context);
  } catch (error) {
    if (!specifier.startsWith("@nri/")) throw error;
    return next(specifier, { ...context, parentURL: import.meta.url });
  }
}
