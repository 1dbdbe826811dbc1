import { spawn } from "node:child_process";

// Starts a server, and a process that holds the other end of the server's input, and says their ids.
const server = spawn(process.execPath, [process.argv[2], "serve"], { stdio: ["pipe", "pipe", "ignore"] });
const hold = "process.stdout.write('ready'); setInterval(() => {}, 1000)";
const holder = spawn(process.execPath, ["-e", hold], { stdio: ["ignore", "pipe", "ignore", server.stdin] });
const json = Buffer.from('{"protocol":1,"env":"cartpole"}');
const head = Buffer.alloc(16);
head.writeUInt32LE(json.length, 0);
head.writeUInt32LE(1, 4);
head.writeUInt32LE(1, 8);
server.stdin.write(Buffer.concat([head, json]));
await Promise.all([server, holder].map((child) => new Promise((resolve) => child.stdout.once("data", resolve))));
process.stdout.write(JSON.stringify({ server: server.pid, holder: holder.pid }));
setInterval(() => {}, 1000);
