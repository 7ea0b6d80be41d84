// A small static file server on Node's standard library: what `make serve` and the browser tests use.
//   node scripts/serve.mjs [folder]     serves dist at http://127.0.0.1:8080 (PORT= changes the port)
//   node scripts/serve.mjs --check      only says whether the port is free
import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const HOST = "127.0.0.1";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".md": "text/plain; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".ts": "text/plain; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

// The file that a path names, or null: nothing outside the folder is ever named, not even by a link.
async function find(root, pathname) {
  let path;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  if (path.includes("\0") || path.includes("\\")) return null;
  let file = resolve(root, "." + path);
  try {
    let info = await stat(file);
    if (info.isDirectory()) {
      // Relative addresses in a page need the folder's slash; the caller redirects.
      if (!path.endsWith("/")) return { redirect: pathname + "/" };
      file = join(file, "index.html");
      info = await stat(file);
    }
    const real = await realpath(file);
    if (!info.isFile() || !real.startsWith(root + sep)) return null;
    return { file: real, info };
  } catch {
    return null;
  }
}

/** Serves `folder` under the path `base` (such as "/" or "/some/folder/"), with more headers; resolves to { url, close }. */
export async function serve(folder, { port = 0, base = "/", headers: more = {} } = {}) {
  const root = await realpath(folder);

  const server = createServer(async (request, response) => {
    const refuse = (status, text) => {
      response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", "Content-Length": Buffer.byteLength(text) });
      response.end(request.method === "HEAD" ? undefined : text);
    };
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      return refuse(405, "Only GET and HEAD are answered here.\n");
    }
    const pathname = request.url.split(/[?#]/, 1)[0];
    if (!pathname.startsWith(base)) return refuse(404, "Not found.\n");
    const found = await find(root, "/" + pathname.slice(base.length));
    if (!found) return refuse(404, "Not found.\n");
    if (found.redirect) {
      // One leading slash: a path that starts with two would name another host.
      response.setHeader("Location", base + found.redirect.replace(/^\/+/, ""));
      return refuse(301, "Moved.\n");
    }
    const tag = `"${found.info.size.toString(36)}-${Math.trunc(found.info.mtimeMs).toString(36)}"`;
    const headers = {
      "Content-Type": TYPES[extname(found.file).toLowerCase()] ?? "application/octet-stream",
      // Always asked again: a rebuilt page must never run with an older engine.
      "Cache-Control": "no-cache",
      ETag: tag,
      "X-Content-Type-Options": "nosniff",
      ...more,
    };
    if (request.headers["if-none-match"] === tag) {
      response.writeHead(304, headers);
      return response.end();
    }
    response.writeHead(200, { ...headers, "Content-Length": found.info.size });
    if (request.method === "HEAD") return response.end();
    createReadStream(found.file)
      .on("error", () => response.destroy())
      .pipe(response);
  });

  await new Promise((done, failed) => {
    server.once("error", failed);
    server.listen(port, HOST, done);
  });
  return {
    url: `http://${HOST}:${server.address().port}${base}`,
    close: () =>
      new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      }),
  };
}

function wantedPort() {
  const text = process.env.PORT ?? "8080";
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65535) return port;
  console.error(`PORT is "${text}"; it must be a number from 1 to 65535.`);
  process.exit(1);
}

function explain(error, port) {
  if (error.code === "EADDRINUSE") {
    return `Port ${port} is taken by another program. Stop that one, or choose another port: make serve PORT=${port + 1 <= 65535 ? port + 1 : 8081}`;
  }
  if (error.code === "EACCES") return `Port ${port} may not be used by this user. Choose one above 1023: make serve PORT=8081`;
  if (error.code === "ENOENT") return `There is nothing to serve at ${error.path}. Build it first: make build`;
  return String(error);
}

async function main() {
  const port = wantedPort();
  const args = process.argv.slice(2);
  const check = args[0] === "--check";
  const dist = fileURLToPath(new URL("../dist", import.meta.url));
  try {
    const server = await serve(check ? "." : (args[0] ?? dist), { port });
    if (check) return await server.close();
    console.log(`Keyglass is at ${server.url.replace(/\/$/, "")}`);
    console.log("Ctrl-C stops it.");
  } catch (error) {
    console.error(explain(error, port));
    process.exit(1);
  }
}

if (process.argv[1] && (await realpath(process.argv[1])) === fileURLToPath(import.meta.url)) await main();
