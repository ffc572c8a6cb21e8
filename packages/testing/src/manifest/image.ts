// Image references: the full name that an engine resolves a short one to, and the digest when the reference pins one.

/** Parts of an image reference. */
export interface ImageReference {
  /** Full name with tag or digest, such as `docker.io/library/nginx:1.27`. */
  readonly name: string;
  /** `sha256:...` when the reference names it, else empty: no registry is asked. */
  readonly digest: string;
}

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
