// Preload this with `node --import` to write the URLs of all modules that a program imports, as JSON, to the file
// that the variable MODULES_FILE names.
import { writeFileSync } from "node:fs";
import { createRequire, register } from "node:module";
import { MessageChannel, receiveMessageOnPort } from "node:worker_threads";

const hooks = `
let port;
export function initialize(data) { port = data.port; }
export function load(url, context, next) { port.postMessage(url); return next(url, context); }
`;
const { port1, port2 } = new MessageChannel();
register(`data:text/javascript,${encodeURIComponent(hooks)}`, { data: { port: port2 }, transferList: [port2] });
port1.unref();
process.on("exit", () => {
  const urls = Object.keys(createRequire(import.meta.url).cache);
  for (let sent = receiveMessageOnPort(port1); sent !== undefined; sent = receiveMessageOnPort(port1)) {
    urls.push(sent.message);
  }
  writeFileSync(process.env.MODULES_FILE, JSON.stringify(urls));
});
