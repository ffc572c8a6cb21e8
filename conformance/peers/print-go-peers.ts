// Prints where the built Go programs are, as JSON; exits with 1 and the reason when there are none.
import { goPeers } from "./go-peers.js";

const peers = await goPeers();
if ("missing" in peers) {
  console.error(peers.missing);
  process.exitCode = 1;
} else console.log(JSON.stringify(peers.here));
