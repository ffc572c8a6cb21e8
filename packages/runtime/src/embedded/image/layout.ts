// Where the parts of an image are: the index, manifest and blobs of an OCI image layout, or the manifest.json of docker save.
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { LIMITS } from "../../limits.js";

/** Files of an image. */
export interface ImageParts {
  /** Its configuration. */
  readonly config: string;
  /** From below to the top. */
  readonly layers: readonly string[];
}

interface Descriptor {
  readonly mediaType?: string;
  readonly digest?: string;
  readonly annotations?: { readonly [key: string]: string };
  readonly platform?: { readonly os?: string; readonly architecture?: string };
}

interface SavedImage {
  readonly Config?: string;
  readonly RepoTags?: readonly string[] | null;
  readonly Layers?: readonly string[];
}

/** The parts of the image that `matches`, or of the only one; undefined when the folder holds none. `shown` is for errors. */
export async function findParts(
  folder: string,
  shown: string,
  matches: (name: string) => boolean,
): Promise<ImageParts | undefined> {
  if (await exists(join(folder, "oci-layout"))) return await fromLayout(folder, shown, matches);
  if (await exists(join(folder, "manifest.json"))) return await fromSaved(folder, shown, matches);
  return undefined;
}

const NAMES = ["org.opencontainers.image.ref.name", "io.containerd.image.name"] as const;

async function fromLayout(folder: string, shown: string, matches: (name: string) => boolean): Promise<ImageParts> {
  const index = (await json(join(folder, "index.json"))) as { manifests?: readonly Descriptor[] };
  const namesOf = ({ annotations = {} }: Descriptor) =>
    NAMES.flatMap((key) => (Object.hasOwn(annotations, key) ? [String(annotations[key])] : []));
  let descriptor = choose(index.manifests ?? [], namesOf, shown, matches);
  for (let depth = 0; depth < LIMITS.image.indexDepth; depth += 1) {
    const manifest = (await json(blob(folder, descriptor, shown))) as {
      manifests?: readonly Descriptor[];
      config?: Descriptor;
      layers?: readonly Descriptor[];
    };
    if (manifest.manifests === undefined) {
      const layers = (manifest.layers ?? []).map((layer) => blob(folder, layer, shown));
      return { config: blob(folder, manifest.config ?? {}, shown), layers };
    }
    descriptor = forHere(manifest.manifests, shown);
  }
  throw new Error(`${shown}: indexes inside of indexes, more than ${LIMITS.image.indexDepth}`);
}

const ARCHITECTURES: { readonly [arch: string]: string } = {
  x64: "amd64",
  ia32: "386",
  ppc64: "ppc64le",
  loong64: "loong64",
};

function forHere(manifests: readonly Descriptor[], shown: string): Descriptor {
  const wanted = ARCHITECTURES[process.arch] ?? process.arch;
  const found = manifests.find(({ platform }) => platform?.os === "linux" && platform.architecture === wanted);
  if (found === undefined) throw new Error(`${shown}: has no image for linux/${wanted}`);
  return found;
}

async function fromSaved(folder: string, shown: string, matches: (name: string) => boolean): Promise<ImageParts> {
  const images = (await json(join(folder, "manifest.json"))) as readonly SavedImage[];
  if (!Array.isArray(images)) throw new Error(`${shown}: its manifest.json is no list`);
  const image = choose(images as readonly SavedImage[], ({ RepoTags }) => RepoTags ?? [], shown, matches);
  const path = (name: string | undefined): string => {
    if (name === undefined || name.startsWith("/") || name.split("/").includes(".."))
      throw new Error(`${shown}: its manifest.json names a file outside: ${name}`);
    return join(folder, name);
  };
  return { config: path(image.Config), layers: (image.Layers ?? []).map(path) };
}

function choose<T>(
  all: readonly T[],
  namesOf: (one: T) => readonly string[],
  shown: string,
  matches: (name: string) => boolean,
): T {
  const found = all.find((one) => namesOf(one).some(matches)) ?? (all.length === 1 ? all[0] : undefined);
  if (found !== undefined) return found;
  const names = [...new Set(all.flatMap(namesOf))];
  throw new Error(`${shown}: none of its ${all.length} images is meant; there are ${names.join(", ") || "no names"}`);
}

function blob(folder: string, { digest = "" }: Descriptor, shown: string): string {
  const [, algorithm, hex] = /^(sha256|sha512):([0-9a-f]{64,128})$/.exec(digest) ?? [];
  if (algorithm === undefined || hex === undefined) throw new Error(`${shown}: "${digest}" is no digest`);
  return join(folder, "blobs", algorithm, hex);
}

/** A JSON document of bounded size. */
export async function json(path: string): Promise<unknown> {
  const { size } = await stat(path);
  if (size > LIMITS.image.jsonBytes) throw new Error(`${path}: more than ${LIMITS.image.jsonBytes} bytes`);
  return JSON.parse(await readFile(path, "utf8"));
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
