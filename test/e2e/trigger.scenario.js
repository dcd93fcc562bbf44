'use strict';

const { HAND_OVER_MS, MOMENTS, handOver, survive } = require('./triggerKills');
const { TriggerRun } = require('./triggerRun');

/** The full run: 200 jobs, ten kills, and the moment in which n8n may lose an event measured. */
const full = process.env.HAILUO_FULL === '1';

async function play({ version, mode, tarball, log, assert }) {
	const run = new TriggerRun({ version, mode, tarball });
	const say = (line) => {
		log(line);
		if (full) console.log(line);
	};
	try {
		await run.setUp();
		const moments = Object.keys(MOMENTS).slice(0, full ? 10 : 4);
		await survive(run, moments, full ? 200 : 60);
		const { made, emitted, missing, twice } = await run.count();
		say(
			`${version} ${mode}: ${made} jobs, ${run.kills} kills, ${emitted} emitted, ${missing.length} missing, ${twice.length} twice`,
		);
		assert.deepEqual({ missing, twice }, { missing: [], twice: [] }, `${version} ${mode}`);
		if (full) {
			const ends = await handOver(run);
			const each = HAND_OVER_MS.map((ms, i) => `${ms} ms: ${ends[i]}`).join(', ');
			say(`${version} ${mode}: killed after the last download, ${each}`);
		}
	} finally {
		await run.tearDown();
	}
}

/** One mode after the other: three n8n that start at once would each take minutes on a small machine. */
const scenario = (version, modes) => ({
	name: `trigger on ${version}: killed and started again, ${modes.join(', ')}`,
	versions: [version],
	timeoutMs: full ? 3_600_000 : 900_000,

	async run(context) {
		for (const mode of modes) await play({ ...context, version, mode });
	},
});

module.exports = [
	scenario('2.41.1', ['default', 'scheduler', 'scheduler with durable cursors']),
	scenario('2.8.4', ['default']),
];
