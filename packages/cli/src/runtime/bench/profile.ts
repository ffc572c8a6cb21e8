// A CPU profile of one piece of work, in the form that browsers and editors open.
import { writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";

/** Does `work`; with a file name the profile of it is written there. */
export async function profiled<T>(file: string | undefined, work: () => Promise<T>): Promise<T> {
  if (file === undefined) return await work();
  const session = new Session();
  session.connect();
  try {
    await session.post("Profiler.enable");
    await session.post("Profiler.start");
    const result = await work();
    const { profile } = await session.post("Profiler.stop");
    writeFileSync(file, JSON.stringify(profile));
    return result;
  } finally {
    session.disconnect();
  }
}
