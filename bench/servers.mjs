// Debian's redis-server on loopback, and what measures it.
import { spawn } from "node:child_process";
import { execFile } from "node:child_process";
import { connect, createServer } from "node:net";
import { promisify } from "node:util";

const run = promisify(execFile);

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => probe.once("listening", resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** A connection that sends bytes and knows when as many replies have come as commands were sent: it ends them with ECHO. */
async function dial(port) {
  const socket = connect(port, "127.0.0.1");
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  socket.setNoDelay(true);
  let tail = "";
  let marks = 0;
  let wanted = null;
  socket.on("data", (data) => {
    if (!wanted) return;
    tail = (tail + data.toString("latin1")).slice(-200_000);
    if (tail.endsWith(wanted.mark)) {
      const { resolve } = wanted;
      wanted = null;
      resolve(tail);
      tail = "";
    }
  });
  return {
    socket,
    async send(pieces) {
      const word = `end-${++marks}`;
      const done = new Promise((resolve) => (wanted = { mark: `$${word.length}\r\n${word}\r\n`, resolve }));
      for (const piece of pieces) if (!socket.write(piece)) await new Promise((resolve) => socket.once("drain", resolve));
      socket.write(`*2\r\n$4\r\nECHO\r\n$${word.length}\r\n${word}\r\n`);
      return done;
    },
  };
}

export async function startRedis(folder) {
  const port = await freePort();
  const args = ["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder, "--daemonize", "no"];
  const child = spawn("redis-server", args.map(String), { stdio: "ignore" });
  const gone = new Promise((resolve) => child.once("exit", resolve));
  const stop = () => child.kill("SIGTERM");
  process.once("exit", stop);
  let client;
  for (let tries = 0; !client; tries++) {
    try {
      client = await dial(port);
    } catch (error) {
      if (tries > 200 || child.exitCode !== null) throw new Error(`redis-server does not answer: ${error.message}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
  const cli = async (...words) => (await run("redis-cli", ["-p", String(port), ...words.map(String)], { maxBuffer: 1 << 26 })).stdout.trim();
  let listeners = [];
  return {
    cli,
    send: client.send,
    version: async () => /redis_version:(\S+)/.exec(await cli("INFO", "server"))[1],
    /** Seconds that a script takes. */
    async script(text, key, count) {
      const began = performance.now();
      const answer = await cli("EVAL", text, 1, key, count);
      if (/^\(error\)|^ERR/.test(answer)) throw new Error(answer);
      return (performance.now() - began) / 1000;
    },
    async subscribe(count) {
      listeners = await Promise.all(Array.from({ length: count }, () => dial(port)));
      for (const { socket } of listeners) socket.write("*2\r\n$9\r\nSUBSCRIBE\r\n$4\r\nnews\r\n");
      while (!(await cli("PUBSUB", "NUMSUB", "news")).endsWith(String(count))) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    unsubscribe() {
      for (const { socket } of listeners) socket.destroy();
      listeners = [];
    },
    /** Commands a second, as redis-benchmark counts them. */
    async rate({ template, count, range }) {
      await cli("CONFIG", "RESETSTAT");
      const words = template.map((word) => word.replace("#", "__rand_int__"));
      const { stdout } = await run("redis-benchmark", ["-p", port, "-P", 100, "-c", 1, "-n", count, "-r", range, "--csv", ...words].map(String));
      const rate = Number(stdout.trim().split("\n").at(-1).split('","')[1]);
      const errors = await cli("INFO", "errorstats");
      if (!(rate > 0) || /errorstat_/.test(errors)) throw new Error(`redis-benchmark ${words.join(" ")}: ${stdout}\n${errors}`);
      return rate;
    },
    async stop() {
      client.socket.destroy();
      stop();
      await gone;
    },
  };
}
