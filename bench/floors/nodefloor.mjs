// Round trips on a unix socket between two Node processes, no codec: an event
// loop's floor. node nodefloor.mjs [request bytes] [round trips]

import { spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";

if (process.argv[2] === "serve") {
  const n = +process.argv[4];
  const rep = Buffer.alloc(18);
  net
    .createServer((s) => {
      let got = 0;
      s.on("data", (b) => {
        got += b.length;
        while (got >= n) {
          got -= n;
          s.write(rep);
        }
      });
      s.on("end", () => process.exit());
    })
    .listen(process.argv[3]);
} else {
  const n = +(process.argv[2] ?? 8300),
    k = +(process.argv[3] ?? 10000);
  const sock = `/tmp/nodefloor.${process.pid}`;
  const t0 = process.hrtime.bigint();
  const c = spawn(process.execPath, [process.argv[1], "serve", sock, String(n)], { stdio: "inherit" });
  const conn = () => {
    const s = net.connect(sock);
    s.once("error", () => setTimeout(conn, 1));
    s.once("connect", () => go(s));
  };
  const go = (s) => {
    const up = Number(process.hrtime.bigint() - t0) / 1e6;
    const req = Buffer.alloc(n),
      lat = [];
    let i = 0,
      t = 0n,
      got = 0,
      cpu;
    const send = () => {
      t = process.hrtime.bigint();
      s.write(req);
    };
    s.on("data", (b) => {
      got += b.length;
      if (got < 18) return;
      got = 0;
      const d = Number(process.hrtime.bigint() - t) / 1e3;
      if (i === 500) cpu = process.cpuUsage();
      if (i++ >= 500) lat.push(d);
      if (i < k + 500) return send();
      const u = process.cpuUsage(cpu),
        p = fs.readFileSync(`/proc/${c.pid}/status`, "utf8").match(/VmRSS:\s+(\d+)/)[1];
      lat.sort((a, b) => a - b);
      const q = (x) => +lat[Math.floor(x * (lat.length - 1))].toFixed(1);
      console.log(
        JSON.stringify({
          node: process.version,
          n,
          p50_us: q(0.5),
          p90_us: q(0.9),
          p99_us: q(0.99),
          min_us: q(0),
          cpu_us_per_req: +((u.user + u.system) / k).toFixed(1),
          spawn_to_connected_ms: +up.toFixed(1),
          peer_rss_kb: +p,
          rss_kb: Math.round(process.memoryUsage().rss / 1024),
        }),
      );
      s.end();
    });
    send();
  };
  conn();
  c.on("exit", () => {
    fs.rmSync(sock, { force: true });
  });
}
