#!/usr/bin/env node
import { argv, env, exit, stderr, stdout } from 'node:process';
import { runProgram } from './program.ts';

const controller = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => controller.abort());
const print = (line: string): void => void stdout.write(`${line}\n`);
const printError = (line: string): void => void stderr.write(`${line}\n`);
exit(await runProgram(argv.slice(2), { print, printError, signal: controller.signal, env }));
