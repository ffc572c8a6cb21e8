// For the benchmark: prints the newest real runc and a static busybox as JSON; fetches them when they are not there.
import { realRuntimes } from "../bridge/real-runtimes.js";
import { use } from "../requirements.js";

const [newest] = await realRuntimes();
if (newest === undefined) throw new Error("no OCI runtime");
const { path, busybox } = use(newest);
console.log(JSON.stringify({ runc: path, busybox }));
