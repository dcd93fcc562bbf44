'use strict';

/** What other video nodes do: one item after the other, a status call every `intervalMs`, the whole file in memory. */
async function sequentialLoop(sim, prompts, intervalMs) {
	const { waveSpeed: base } = sim.urls;
	const headers = {
		Authorization: `Bearer ${sim.options.keys.waveSpeed}`,
		'Content-Type': 'application/json',
	};
	const call = async (path, init) =>
		(await (await fetch(`${base}${path}`, { headers, ...init })).json()).data;
	const began = sim.now();
	for (const prompt of prompts) {
		const body = JSON.stringify({ prompt, duration: 6 });
		let job = await call('/minimax/hailuo-02/standard', { method: 'POST', body });
		while (job.status !== 'completed') {
			await sim.clock.sleep(intervalMs);
			job = await call(`/predictions/${job.id}/result`);
		}
		await (await fetch(job.outputs[0])).arrayBuffer();
	}
	return sim.now() - began;
}

module.exports = { sequentialLoop };
