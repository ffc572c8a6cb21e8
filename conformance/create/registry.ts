// A registry of our packed packages: what `npm create` and `npm install` of a user see once they are published. Everything else is at the registry
// that npm is configured with, and npm is sent there.
import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** One package as `npm pack --json` tells of it. */
export interface Packed {
  readonly name: string;
  readonly version: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

/** The registry, while it runs. */
export interface LocalRegistry extends AsyncDisposable {
  readonly url: string;
}

/** Serves the tarballs of `folder`. `upstream` ends with a slash. */
export async function serveRegistry(
  packages: readonly Packed[],
  folder: string,
  upstream: string,
): Promise<LocalRegistry> {
  const byName = new Map(packages.map((packed) => [packed.name, packed]));
  // npm's cache goes by URL: never the same again, so that it never takes an older package for this one.
  const secret = randomUUID();
  const server = createServer((request, response) => {
    // Of what a lockfile names by the public registry, npm asks this host, without our path.
    const wanted = (request.url ?? "/").replace(new RegExp(`^/+(${secret}/+)?`), "");
    const path = decodeURIComponent(wanted.split("?")[0] ?? "");
    const tarball = packages.find(({ filename }) => path === `-/${filename}`);
    if (tarball !== undefined) return void response.end(readFileSync(join(folder, tarball.filename)));
    const packed = byName.get(path);
    if (packed === undefined) return redirect(response, upstream + wanted);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(packument(packed, folder, url())));
  });
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${secret}`;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: url(),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { location }).end();
}

/** What a registry tells of a package; the manifest is that in the tarball. */
function packument({ name, version, filename }: Packed, folder: string, url: string) {
  const bytes = readFileSync(join(folder, filename));
  const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
  const manifest: object = JSON.parse(readFileSync(join(folder, `${filename}.json`), "utf8"));
  const dist = { tarball: `${url}/-/${filename}`, integrity };
  return { name, "dist-tags": { latest: version }, versions: { [version]: { ...manifest, dist } } };
}
