// Docker's own code: a dockerd of moby's module, built once into conformance/.cache and run as the others of the tests are.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDir } from "../paths.js";
import { output } from "../peers/child.js";
import type { EngineFiles } from "../peers/engine-files.js";

/** The release of moby that is the reference for Docker's NRI. */
export const MOBY = { module: "github.com/moby/moby/v2", version: "v2.0.0-beta.24" } as const;

/** What its dockerd says that it is. */
export const VERSION = "29.0.0-reference";

/** Reads options from standard input as dockerd does, a JSON object a line, and prints what they are. */
const OPTIONS_PROGRAM = `package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"${MOBY.module}/daemon/pkg/opts"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var asked struct{ Flag, JSON *string }
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			panic(err)
		}
		var value opts.NRIOpts
		flag := opts.NewNamedNRIOptsRef(&value)
		told := map[string]any{}
		var err error
		if asked.Flag != nil {
			err = flag.Set(*asked.Flag)
		} else {
			err = json.Unmarshal([]byte(*asked.JSON), &value)
		}
		if err != nil {
			told["error"] = err.Error()
		} else {
			told["value"], told["text"] = value, flag.String()
		}
		line, _ := json.Marshal(told)
		fmt.Println(string(line))
	}
}
`;

/** What was built. */
export interface Reference {
  /** As the files of the engines that others run: with its dockerd in the place of theirs. */
  readonly files: EngineFiles;
  /** The program that reads options. */
  readonly readsOptions: string;
}

/** Builds it when it is not there yet; that takes some minutes, and Go. `engines` has what dockerd needs besides. */
export async function reference(engines: EngineFiles): Promise<Reference> {
  const dir = join(cacheDir, `moby-${MOBY.version}`);
  const bin = join(dir, "bin");
  const readsOptions = join(dir, "options");
  if (!existsSync(join(dir, "ready"))) {
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(bin, { recursive: true });
    await build(join(dir, "source"), join(bin, "dockerd"), readsOptions);
    writeFileSync(join(dir, "ready"), "");
  }
  for (const name of readdirSync(join(engines.dir, "bin"))) {
    if (!existsSync(join(bin, name))) symlinkSync(join(engines.dir, "bin", name), join(bin, name));
  }
  if (!existsSync(join(dir, "unpacked"))) symlinkSync(join(engines.dir, "unpacked"), join(dir, "unpacked"));
  return { files: { dir, version: VERSION }, readsOptions };
}

async function build(source: string, dockerd: string, readsOptions: string): Promise<void> {
  const { module, version } = MOBY;
  const env = { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-mod=mod" };
  const downloaded = await output("go", ["mod", "download", "-json", `${module}@${version}`], { env });
  const { Dir } = JSON.parse(downloaded) as { readonly Dir: string };
  // A copy of the module: built inside of it, with the versions of everything that it names.
  cpSync(Dir, source, { recursive: true });
  await output("chmod", ["-R", "u+w", source]);
  mkdirSync(join(source, "cmd/options"));
  writeFileSync(join(source, "cmd/options/main.go"), OPTIONS_PROGRAM);
  const flags = ["-ldflags", `-X ${module}/dockerversion.Version=${VERSION}`];
  for (const [out, name, more] of [
    [readsOptions, "./cmd/options", []],
    [dockerd, "./cmd/dockerd", flags],
  ] as const) {
    await output("nice", ["go", "build", "-p", "2", ...more, "-o", out, name], { cwd: source, env });
  }
  rmSync(source, { recursive: true, force: true });
}
