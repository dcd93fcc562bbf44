#!/usr/bin/env node
'use strict';

const { parseArgs } = require('node:util');
const { startSimulator } = require('.');

/** The simulator by hand: prints addresses and keys, then plays until Ctrl+C. */

const HELP = `Usage: node test/simulator/cli.js [options]
  --port <n>           port of the API (default 5690)
  --cdn-port <n>       port of the CDN (default port + 1)
  --time-scale <n>     simulated seconds in a real one (default 1)
  --job-seconds <n>    simulated seconds a job takes (default 30 to 90, random)
  --seed <n>           default 1
  --render             render real videos with ffmpeg
  --video <file>       serve this file for every job
  --balance <usd>      default 100
  --concurrent <n> --per-minute <n>   limits of the account (Bronze: 3 and 5)
  --quiet              do not print each request`;

async function main() {
	const { values } = parseArgs({
		options: {
			port: { type: 'string', default: '5690' },
			'cdn-port': { type: 'string' },
			'time-scale': { type: 'string', default: '1' },
			'job-seconds': { type: 'string' },
			seed: { type: 'string', default: '1' },
			render: { type: 'boolean', default: false },
			video: { type: 'string' },
			balance: { type: 'string', default: '100' },
			concurrent: { type: 'string', default: 'Infinity' },
			'per-minute': { type: 'string', default: 'Infinity' },
			quiet: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) return console.log(HELP);
	const port = Number(values.port);
	const sim = await startSimulator({
		port,
		cdnPort: Number(values['cdn-port'] ?? (port ? port + 1 : 0)),
		timeScale: Number(values['time-scale']),
		...(values['job-seconds'] && { jobTime: Number(values['job-seconds']) * 1000 }),
		seed: Number(values.seed),
		render: values.render,
		...(values.video && { video: { path: values.video } }),
		account: {
			balance: Number(values.balance),
			concurrent: Number(values.concurrent),
			submitsPerMinute: Number(values['per-minute']),
		},
	});
	for (const [name, url] of Object.entries(sim.urls)) console.log(`${name.padEnd(10)} ${url}`);
	for (const [name, key] of Object.entries(sim.options.keys)) console.log(`key ${name}: ${key}`);
	console.log('ready');
	if (!values.quiet) sim.on('request', (entry) => console.log(line(entry)));
	const end = () => void sim.stop().then(() => process.exit(0));
	process.once('SIGINT', end).once('SIGTERM', end);
}

function line(entry) {
	const who = `${entry.provider ?? '-'} ${entry.kind}`;
	return `#${entry.n} ${who.padEnd(22)} ${entry.method} ${entry.path}${entry.fault ? ' (fault)' : ''}`;
}

main().catch((error) => {
	console.error(error.message);
	process.exit(1);
});
