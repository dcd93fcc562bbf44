'use strict';

const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { join } = require('../bundle');

/*
 * How much `require` of the two nodes delays the start of n8n: as the package is built, in one file, compared with the
 * same code in separate files. Measured in pairs, each in a new process in which n8n-workflow is loaded already, as in
 * n8n. The CPU time counts, because a busy machine changes it less than the clock time.
 */

const PAIRS = 15;
const NODES = ['nodes/Hailuo/Hailuo.node', 'nodes/Hailuo/HailuoTrigger.node'];

/** Runs in the new process. */
const PROBE = `
	require('n8n-workflow');
	const loaded = Object.keys(require.cache).length;
	const [cpu, clock] = [process.cpuUsage(), performance.now()];
	const files = JSON.parse(process.argv[1]);
	for (const file of files) require(file);
	const { user, system } = process.cpuUsage(cpu);
	console.log(JSON.stringify({
		cpu: (user + system) / 1000,
		clock: performance.now() - clock,
		modules: Object.keys(require.cache).length - loaded,
	}));
`;

/** @param {readonly string[]} files @returns {{ cpu: number, clock: number, modules: number }} ms */
const measure = (files) =>
	JSON.parse(execFileSync(process.execPath, ['-e', PROBE, JSON.stringify(files)]).toString());

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

const told = ({ cpu, clock, modules }) =>
	`${cpu.toFixed(0)} ms CPU, ${clock.toFixed(0)} ms, ${modules} files`;

/** @returns {Promise<import('./run').Row[]>} */
async function run() {
	const separate = process.env.HAILUO_COMPILED;
	if (!separate) throw new Error('HAILUO_COMPILED must name the folder of the compiled sources');
	const folder = fs.mkdtempSync(path.join(separate, 'bundle-'));
	const joined = path.join(folder, 'bundle.js');
	await join(path.join(__dirname, '../..'), NODES, joined);
	const ways = {
		joined: [joined],
		separate: NODES.map((node) => path.join(separate, `${node}.js`)),
	};
	/** @type {Record<string, ReturnType<typeof measure>[]>} */
	const found = { joined: [], separate: [] };
	for (let pair = 0; pair < PAIRS; pair++) {
		for (const [way, files] of Object.entries(ways)) found[way].push(measure(files));
	}
	const [ours, beside] = [found.joined, found.separate].map((all) => ({
		cpu: median(all.map(({ cpu }) => cpu)),
		clock: median(all.map(({ clock }) => clock)),
		modules: all[0].modules,
	}));
	const ratio = ours.cpu / beside.cpu;
	return [
		{
			what: `require of both nodes, median of ${PAIRS} pairs`,
			ours: `${told(ours)}: ${ratio.toFixed(2)} times`,
			beside: `file by file: ${told(beside)}`,
			goal: 'half',
			met: ratio <= 0.5,
		},
	];
}

module.exports = { run };
