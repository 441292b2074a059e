// Reads mails from standard input, each behind its length (32 bits, big-endian), and writes what mailparser makes of each:
// a length and JSON with `leaves` (base64), `names`, `error`. Argument: the folder of node_modules.
"use strict";

const { createRequire } = require("node:module");
const path = require("node:path");

const { simpleParser } = createRequire(path.join(process.argv[2], "x.js"))("mailparser");

async function parsed(raw) {
  const leaves = [];
  const names = [];
  try {
    // What a reader sees, and no more: no links, no pictures put into the text.
    const mail = await simpleParser(raw, { skipTextLinks: true, skipImageLinks: true, skipTextToHtml: true });
    for (const text of [mail.text, mail.html]) {
      if (text) leaves.push(Buffer.from(text, "utf8").toString("base64"));
    }
    for (const attachment of mail.attachments) {
      leaves.push(Buffer.from(attachment.content).toString("base64"));
      if (attachment.filename) names.push(String(attachment.filename));
    }
    return { leaves, names, error: "" };
  } catch (problem) {
    return { leaves, names, error: String(problem && problem.message) };
  }
}

function answer(value) {
  const body = Buffer.from(JSON.stringify(value), "utf8");
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  process.stdout.write(Buffer.concat([head, body]));
}

async function main() {
  let held = Buffer.alloc(0);
  for await (const chunk of process.stdin) {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 4 && held.length >= 4 + held.readUInt32BE(0)) {
      const end = 4 + held.readUInt32BE(0);
      answer(await parsed(held.subarray(4, end)));
      held = held.subarray(end);
    }
  }
}

main();
