#!/usr/bin/env node
// Starts Rollcall on Node 24, whatever node runs this file (20 or newer): the package brings its own runtime as an
// optional dependency. Plain JavaScript, because it must run before anything else can.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const nodeMajorMin = 24;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
// A clone has the sources and may have a stale dist/; the packed tarball has dist/ alone.
const source = join(root, 'src', 'main.ts');
const entry = existsSync(source) ? source : join(root, 'dist', 'main.js');

if (Number(process.versions.node.split('.')[0]) >= nodeMajorMin) {
  process.argv[1] = entry;
  await import(entry);
} else {
  runOnBundledNode();
}

function runOnBundledNode() {
  const node = bundledNode();
  if (node === undefined) {
    console.error(
      `rollcall: Node ${nodeMajorMin} is needed, this is ${process.version} and the package node-${process.platform}-${process.arch} ` +
        'is not installed; install Node 24, or install again without --omit=optional',
    );
    process.exit(1);
  }
  const child = spawn(node, [...process.execArgv, entry, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`rollcall: cannot start ${node} (${error.code})`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    // Ends as the child did, so that a shell sees the signal.
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

function bundledNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/package.json`);
    const node = join(dirname(manifest), 'bin', 'node');
    return existsSync(node) ? node : undefined;
  } catch {
    return undefined;
  }
}
