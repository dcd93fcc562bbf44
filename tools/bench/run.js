'use strict';

/*
 * `npm run bench [-- names]`: the goals of the node for time, memory, money and errors, measured against the simulator,
 * as one table. Each measurement has its own process; with names, only those run.
 *
 * Speeds are ratios of values that were measured in the same run, because a slower machine changes both.
 */

const { fork } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const { ensureModules } = require('../setup');

/** By the name on the command line. */
const BENCHES = {
	batch: './batch',
	cpu: './cpu',
	require: './require',
	waiting: './waiting',
	memory: './memoryRows',
	chaos: './chaos',
	badInput: './badInput',
	hailuo3: './hailuo3',
	join: './join',
	callback: './callback',
};

/** Measured in a real n8n, so they run only if they are named. */
const NAMED_ONLY = ['callback'];

/**
 * @typedef {{ what: string, ours: string, beside?: string, goal?: string, met?: boolean }} Row
 * A row without a goal is only for comparison. Each bench exports `run(log): Promise<Row[]>`.
 */

/** @returns {Promise<Row[]>} */
function inOwnProcess(name, compiled) {
	const env = { ...process.env, HAILUO_COMPILED: compiled, HAILUO_BENCH: name };
	const child = fork(__filename, [], { env, execArgv: [] });
	return new Promise((resolve, reject) => {
		let rows;
		child.on('message', (/** @type {{ line?: string, rows?: Row[] }} */ message) => {
			if (message.line) console.log(`  ${name}: ${message.line}`);
			if (message.rows) rows = message.rows;
		});
		child.once('error', reject);
		child.once('exit', (code) =>
			rows ? resolve(rows) : reject(new Error(`${name} ended with ${code} and no figures`)),
		);
	});
}

async function beOne(name) {
	const { run } = require(BENCHES[name]);
	const rows = await run((line) => process.send?.({ line }));
	process.send?.({ rows }, () => process.exit(0));
}

function machine() {
	const cpus = os.cpus();
	const memory = Math.round(os.totalmem() / 2 ** 30);
	const cpu = cpus[0]?.model.trim() || os.arch();
	return `${cpus.length} cores (${cpu}), ${memory} GB, ${os.platform()}, Node ${process.version}`;
}

function table(rows) {
	const head = ['', 'Measured', 'This node', 'Beside it', 'Goal', ''];
	const mark = ({ met }) => (met === undefined ? '' : met ? 'met' : 'MISSED');
	const cells = rows.map((row) =>
		[row.bench, row.what, row.ours, row.beside, row.goal, mark(row)].map((cell) => cell ?? ''),
	);
	const widths = head.map((name, i) => Math.max(name.length, ...cells.map((row) => row[i].length)));
	const line = (c) => `| ${c.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
	const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
	return [line(head), rule, ...cells.map(line)].join('\n');
}

async function main() {
	await ensureModules();
	const { compiledTree } = require('./compiled');
	const names = process.argv.slice(2);
	const unknown = names.find((name) => !(name in BENCHES));
	if (unknown)
		throw new Error(
			`No such measurement: ${unknown}. There are ${Object.keys(BENCHES).join(', ')}`,
		);
	const usual = Object.keys(BENCHES).filter((name) => !NAMED_ONLY.includes(name));
	const compiled = compiledTree();
	const rows = [];
	try {
		for (const name of names.length ? names : usual) {
			const started = Date.now();
			const found = await inOwnProcess(name, compiled);
			rows.push(...found.map((row, i) => ({ ...row, bench: i ? '' : name })));
			console.log(`  ${name}: ${((Date.now() - started) / 1000).toFixed(0)} s`);
		}
	} finally {
		fs.rmSync(compiled, { recursive: true, force: true });
	}
	console.log(`\n${machine()}\n\n${table(rows)}`);
	process.exitCode = rows.some(({ met }) => met === false) ? 1 : 0;
}

if (process.send && process.env.HAILUO_BENCH) {
	beOne(process.env.HAILUO_BENCH).catch((error) => {
		console.error(error);
		process.exit(1);
	});
} else {
	main().catch((error) => {
		console.error(error.message);
		process.exit(1);
	});
}
