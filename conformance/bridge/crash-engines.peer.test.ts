// Docker and podman, as crash.peer.test.ts has runc and containerd: the daemon is killed at steps of a container's life and started
// again, engines are restarted or away, and many containers come and go at once. Nothing is lost, and each event is told once.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { type DockerLine, dockerFiles, startDocker } from "../peers/docker.js";
import { type PodmanLine, podmanFiles, startPodman } from "../peers/podman.js";
import { skipUnless, use } from "../requirements.js";
import { until } from "../waits.js";
import { clientCommands } from "./crash/client-commands.js";
import { liveThrough, startPlace } from "./crash/place.js";
import { wrongIn } from "./crash/story.js";
import type { SupervisedDaemon } from "./crash/supervised.js";
import { User } from "./crash/user.js";
import type { Watcher } from "./crash/watcher.js";
import { dockerRun, dockerUser } from "./stages/docker.js";
import { podmanRun, podmanUser } from "./stages/podman.js";

const MANY = 100;
/** Of the moments one in so many, counted from a first: both before and after, in each of the operations. */
const ONE_IN = 9;

const docker28 = await dockerFiles("28");
const podman5 = await podmanFiles("5");

/** What the tests have: an engine with its user, and the daemon. */
interface Here {
  readonly daemon: SupervisedDaemon;
  readonly watcher: Watcher;
  readonly user: User;
}

/** dockerd with a wrapper as its default runtime. */
async function withDocker(
  line: DockerLine,
  work: (here: Here & { readonly docker: Awaited<ReturnType<typeof startDocker>> }) => Promise<void>,
): Promise<void> {
  const files = use(await dockerFiles(line));
  const runtime = join(files.dir, "bin/runc");
  await using docker = await startDocker(files);
  await using place = await startPlace("docker", runtime, () => ({ docker: docker.socket, runtime }));
  writeFileSync(docker.configFile, JSON.stringify({ runtimes: { nri: { path: place.wrapper } } }));
  process.kill(docker.pid(), "SIGHUP");
  await until("dockerd knows the wrapper", async () =>
    (await docker.docker("info", "--format", "{{json .Runtimes}}")).includes(place.wrapper),
  );
  const run = (container: Parameters<typeof dockerRun>[1]) =>
    dockerRun(docker, { ...container, options: ["--runtime", "nri"] });
  const user = new User(clientCommands(run, dockerUser(docker)), place.daemon, place.watcher);
  await user.allThere();
  await work({ ...place, user, docker });
}

/** podman, whose service is not started. */
async function withPodman(
  line: PodmanLine,
  work: (here: Here & { readonly podman: Awaited<ReturnType<typeof startPodman>> }) => Promise<void>,
): Promise<void> {
  const files = use(await podmanFiles(line));
  const runtime = join(files.dir, "bin/runc");
  await using podman = await startPodman(files);
  const { socket, exitDir } = podman;
  await using place = await startPlace("podman", runtime, () => ({ podman: socket, exitDir, runtime }));
  const run = (container: Parameters<typeof podmanRun>[1]) =>
    podmanRun(podman, container, ["--runtime", place.wrapper]);
  const user = new User(clientCommands(run, podmanUser(podman)), place.daemon, place.watcher);
  await user.allThere();
  await work({ ...place, user, podman });
}

/** Kills the daemon at some of the moments of a life; `between` is done halfway. */
async function killAtSome(t: TestContext, here: Here, first: number, between?: () => Promise<void>): Promise<void> {
  const { daemon, user } = here;
  const name = (text: string): string => `crash-${process.pid}-${text}`;
  daemon.dieAt(-1);
  await user.live(name("whole"));
  const moments = await daemon.moments();
  const some = Array.from(moments.entries()).filter(([at]) => at % ONE_IN === first);
  t.diagnostic(`${some.length} of ${moments.length} moments: ${some.map(([, moment]) => moment).join(", ")}`);
  for (const [index, each] of some.entries()) {
    if (index === some.length >> 1) await between?.();
    await liveThrough(here, user, name(String(each[0])), each);
  }
}

/** Many containers at once, to their end. */
async function many(
  t: TestContext,
  { user, watcher }: Here,
  removeAll: (names: readonly string[]) => Promise<unknown>,
): Promise<void> {
  const names = Array.from({ length: MANY }, (_, index) => `many-${process.pid}-${index}`);
  const began = performance.now();
  const times = (await Promise.all(names.map((name) => user.begin(name)))).sort((a, b) => a - b);
  const seconds = (ms = 0): string => `${(ms / 1000).toFixed(1)} s`;
  t.diagnostic(
    `${MANY} run after ${seconds(performance.now() - began)}: median ${seconds(times[MANY / 2])}, slowest ${seconds(times.at(-1))}`,
  );
  await removeAll(names);
  for (const name of names) await user.gone(name);
  t.diagnostic(`and are gone after ${seconds(performance.now() - began)}`);
  assert.deepEqual(wrongIn(watcher.story), []);
  const created = watcher.story.filter(({ event }) => event === "createContainer");
  assert.equal(created.length, MANY);
}

test("dockerd: the daemon is killed at steps of a container's life", { skip: skipUnless(docker28) }, async (t) => {
  await withDocker("28", (here) => killAtSome(t, here, 3));
});

test("dockerd is killed or ends, and the daemon is killed meanwhile: each end is told once, each new life too", {
  skip: skipUnless(docker28),
}, async () => {
  await withDocker("28", async ({ docker, daemon, user, watcher }) => {
    const names = ["one", "two", "three"].map((text) => `away-${process.pid}-${text}`);
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      for (const name of names) await user.begin(name);
      await docker.docker("update", "--restart", "always", names[0] ?? "");
      await docker.stop(signal);
      daemon.kill();
      await docker.start();
      await user.allThere();
      const state = (name = "") => docker.docker("inspect", "--format", "{{.State.Status}}", name);
      await until("the first runs again", async () => (await state(names[0])) === "running");
      assert.equal(await state(names[1]), "exited");
      await docker.docker("rm", "--force", ...names);
      await until("nothing is left", () => wrongIn(watcher.story).length === 0).catch(() => undefined);
      assert.deepEqual(wrongIn(watcher.story), []);
    }
  });
});

test(`dockerd: ${MANY} containers at once`, { skip: skipUnless(docker28) }, async (t) => {
  await withDocker("28", (here) => many(t, here, (names) => here.docker.docker("rm", "--force", ...names)));
});

test("podman, with its service and then without: the daemon is killed at steps of a container's life", {
  skip: skipUnless(podman5),
}, async (t) => {
  await withPodman("5", async (here) => {
    await here.podman.startService();
    await killAtSome(t, here, 5, () => here.podman.stopService());
  });
});

test(`podman: ${MANY} containers at once`, { skip: skipUnless(podman5) }, async (t) => {
  await withPodman("5", (here) =>
    many(t, here, (names) => here.podman.podman("rm", "--force", "--time", "0", ...names)),
  );
});
