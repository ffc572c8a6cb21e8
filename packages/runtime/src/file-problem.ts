// What a failed file operation means, in words.
import { systemCode } from "./error-text.js";

const WORDS: { readonly [code: string]: string } = {
  ENOENT: "no such file",
  ENOTDIR: "a part of the path is no folder",
  EEXIST: "a part of the path is no folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  EISDIR: "is a folder",
  ELOOP: "too many symbolic links",
};

/** The reason of a failed file operation, without the path. */
export function fileProblem(error: unknown): string {
  return WORDS[systemCode(error) ?? ""] ?? String(error);
}
