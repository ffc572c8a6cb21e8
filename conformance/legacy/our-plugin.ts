// A v0.1.0 plugin on our skel that does what its configuration says: go/oldplugin in TypeScript.
import { isSandbox, type LegacyRequest, runPlugin } from "@nri/legacy";

interface Orders {
  readonly metadata?: Record<string, string>;
  readonly fail?: string;
  readonly error?: string;
  readonly exit?: number;
}

await runPlugin({
  type: process.env.OLD_PLUGIN_TYPE ?? "",
  invoke(request: LegacyRequest) {
    const { metadata, fail, error, exit } = (request.conf ?? {}) as Orders;
    if (exit) process.exit(exit);
    if (fail) throw new Error(fail);
    const { state, id, pid, results } = request;
    const saw = `${state} ${id} pod=${isSandbox(request)} pid=${pid} results=${results.length}`;
    return { metadata: { saw, ...metadata }, error: error ?? "" };
  },
});
