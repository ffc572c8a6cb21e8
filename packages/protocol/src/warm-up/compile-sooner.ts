// Tells V8 to compile sooner what runs once per request. By itself it waits until a function has run some thousand times:
// that suits programs that run hot, not a plugin that is asked once in a while, nor ten of them that share a processor.

/** Bytes of bytecode that a function runs between two looks at whether it is worth compiling; of itself V8 has 132 KiB. */
const INTERRUPT_BUDGET_BYTES = 10_000;

/** Where this was measured (docs/performance.md); newer ones count otherwise, and compile in more steps. */
const MEASURED_WITH = /^11\./;

/** For all of the process, from now on: for who owns it. A library that others build into theirs has no business here. Does nothing on releases of Node.js where it was not measured. */
export async function compileSooner(): Promise<void> {
  if (!MEASURED_WITH.test(process.versions.v8)) return;
  // Loaded here: nobody needs it for a start.
  const { setFlagsFromString } = await import("node:v8");
  setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET_BYTES}`);
}
