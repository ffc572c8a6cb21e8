// What a failed file operation means, in words.
import { errorText } from "./error-text.js";

const WORDS: { readonly [code: string]: string } = {
  ENOENT: "no such file",
  ENOTDIR: "a part of the path is no folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EEXIST: "a part of the path is no folder",
  EROFS: "the file system is read-only",
  EISDIR: "is a folder",
  ELOOP: "too many symbolic links",
  ENAMETOOLONG: "the name is too long",
};

/** The reason of a failed file operation, without the path. */
export function fileProblem(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return WORDS[code] ?? errorText(error);
}
