// Whether dockerd runs, told without a connection: where systemd listens in its place (docker.socket) a connection starts it, also when its
// administrator has just ended it.
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { heldSockets, sameSocket, socketsThatListen } from "../listening-sockets.js";

/** The process of the dockerd at an address. */
export class DockerdProcess {
  readonly #address: string;
  /** Its pid file stands beside its socket, as it does when dockerd is told nothing else. */
  #hasPidFile = false;

  constructor(address: string) {
    this.#address = address;
  }

  /** It has answered: this is how it looks when it runs. */
  async answers(): Promise<void> {
    this.#hasPidFile = await this.#listens();
  }

  /** Whether it is sure not to run, or not to listen any more. */
  async isDown(): Promise<boolean> {
    return this.#hasPidFile && !(await this.#listens());
  }

  async #listens(): Promise<boolean> {
    try {
      const pid = Number(await readFile(join(dirname(this.#address), "docker.pid"), "utf8"));
      if (!(pid > 0)) return false;
      const held = await heldSockets(pid);
      const sockets = await socketsThatListen(pid);
      return sockets.some(({ inode, path }) => held.has(inode) && sameSocket(path, this.#address, false));
    } catch (error) {
      // no such file, or no such process
      if (error instanceof Error) return false;
      throw error;
    }
  }
}
