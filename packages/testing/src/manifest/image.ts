// Image references: the full name that an engine resolves a short one to, and the digest when the reference pins one.

/** Parts of an image reference. */
export interface ImageReference {
  /** Full name with tag or digest, such as `docker.io/library/nginx:1.27`. */
  readonly name: string;
  /** `sha256:...` when the reference names it, else empty: no registry is asked. */
  readonly digest: string;
}

/** What an image says of the containers that are made of it. */
export interface ImageConfig {
  /** Run before `cmd`. */
  readonly entrypoint: readonly string[];
  /** Arguments, or the whole command. */
  readonly cmd: readonly string[];
  /** `NAME=value`. */
  readonly env: readonly string[];
  /** Empty: `/`. */
  readonly workingDir: string;
  /** Whom its processes belong to; undefined: root. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
}

/** The images that are known, by their full names. */
export type KnownImages = (name: string) => ImageConfig | undefined;

/** A reference as an engine would resolve it: registry `docker.io`, folder `library`, tag `latest` filled in. */
export function resolveImage(reference: string): ImageReference {
  const [plain = "", digest = ""] = reference.split("@", 2);
  const first = plain.split("/", 1)[0] ?? "";
  const hasRegistry = plain.includes("/") && (/[.:]/.test(first) || first === "localhost");
  const path = hasRegistry ? plain : plain.includes("/") ? `docker.io/${plain}` : `docker.io/library/${plain}`;
  const tagged = /:[^/]+$/.test(path);
  const name = digest === "" ? (tagged ? path : `${path}:latest`) : `${path}@${digest}`;
  return { name, digest };
}
